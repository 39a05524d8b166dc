import { RegistryError, type Clock, type Repository } from "@image-updater/core";
import {
  cancelledError,
  createBoundedMap,
  createSingleFlight,
  parseChallenges,
  repositoryUrl,
  statusError,
  urlSaidBy,
  type Call,
  type HttpClient,
  type HttpResponse,
  type RequestPlace,
} from "@image-updater/registry-oci/http";
import { trustsAcrRealm } from "../hosts/realm-guard.js";
import { parseAcrService, type AcrInstance } from "./acr-instance.js";

const BODY_LIMIT = 64 * 1024;
const MOST_REGISTRIES = 1000;

/** Finds out which instance a registry is. */
export interface InstanceFinder {
  /**
   * The instance behind the repository's API, asked once for each API.
   *
   * @throws RegistryError `invalid-response` when the registry is not ACR's, `refused-address` for a
   * token server that it must not name.
   */
  find(repository: Repository, caller?: Call): Promise<AcrInstance>;
  /** Asks again at the next call: a custom domain may lead elsewhere by now. */
  forget(repository: Repository): void;
}

/**
 * Reads instances off the challenge that a registry answers to a ping without credentials: it names
 * region and instance, also behind a custom domain.
 */
export function createInstanceFinder(http: HttpClient, clock: Clock): InstanceFinder {
  const known = createBoundedMap<AcrInstance>(MOST_REGISTRIES);
  const flights = createSingleFlight<AcrInstance>();

  return {
    async find(repository, caller): Promise<AcrInstance> {
      const { apiUrl, host } = repository;
      const instance =
        known.get(apiUrl) ??
        (await flights.run(apiUrl, (call) => ping(http, clock, repository, call), caller));
      if (instance === undefined) throw cancelledError({ host });
      known.set(apiUrl, instance);
      return instance;
    },
    forget({ apiUrl }): void {
      known.delete(apiUrl);
    },
  };
}

async function ping(
  http: HttpClient,
  clock: Clock,
  repository: Repository,
  call: Call,
): Promise<AcrInstance> {
  const place = { host: repository.host };
  const base = repositoryUrl(repository);
  const url = new URL(base.slice(0, -repository.path.length));
  const response = await http.send({ method: "GET", url, place, bodyLimit: BODY_LIMIT, ...call });
  const isChallenge = response.status === 401 && response.url.origin === url.origin;
  if (!isChallenge && response.status > 401) {
    throw statusError(response, place, "the ping", clock.now());
  }
  if (!isChallenge) throw invalid("did not challenge a ping without credentials", place);
  return readChallenge(response, repository, place);
}

function readChallenge(
  { headers, redactor }: HttpResponse,
  repository: Repository,
  place: RequestPlace,
): AcrInstance {
  const challenges = parseChallenges(headers.get("www-authenticate") ?? "");
  const bearer = challenges.find(({ scheme }) => scheme === "bearer")?.parameters;
  const realm = bearer?.get("realm") ?? "";
  if (!URL.canParse(realm)) throw invalid("names no token server", place);
  if (!trustsAcrRealm(new URL(realm), repository)) {
    const reason = "it is neither Alibaba Cloud's nor the registry's";
    const message = `${place.host}: the token server ${urlSaidBy(redactor, new URL(realm))} is refused: ${reason}`;
    throw new RegistryError("refused-address", message, place);
  }
  const instance = parseAcrService(bearer?.get("service") ?? "");
  if (instance === undefined) throw invalid("names no region or instance of ACR", place);
  return instance;
}

function invalid(what: string, place: RequestPlace): RegistryError {
  return new RegistryError("invalid-response", `${place.host}: the registry ${what}`, place);
}
