import type { Observer } from "@image-updater/core";
import { Counter, Gauge, Registry } from "prom-client";
import type { OwnerCounters } from "./count-by-owner.js";

/** What `/metrics` shows. */
export interface Metrics {
  readonly contentType: string;
  /** In the text form of Prometheus. */
  render(): Promise<string>;
  /** Counts reads of registries. */
  readonly observer: Observer;
  /** Counts a request to the Kubernetes API. */
  countApiRequest(failed: boolean): void;
  /** Takes what a cycle did; only one over everything says how much is watched. */
  record(counters: readonly OwnerCounters[], isWhole: boolean): void;
}

const PREFIX = "argocd_image_updater";
const OWNER = ["image_updater_cr_name", "image_updater_cr_namespace"] as const;

type OwnerLabel = (typeof OWNER)[number];

/** Upstream's metrics, by upstream's names. What annotations manage has empty labels. */
export function createMetrics(): Metrics {
  const register = new Registry();
  const { reads, failedReads, api, failedApi, ...owned } = createInstruments(register);
  return {
    contentType: register.contentType,
    render: () => register.metrics(),
    observer: {
      observe(event): void {
        if (event.kind !== "registry-read") return;
        reads.inc({ registry: event.host });
        failedReads.inc({ registry: event.host }, event.failed ? 1 : 0);
      },
    },
    countApiRequest(failed): void {
      api.inc();
      failedApi.inc(failed ? 1 : 0);
    },
    record(counters, isWhole): void {
      if (isWhole) {
        owned.applications.reset();
        owned.images.reset();
      }
      for (const { owner, applications, images, updated, errors } of counters) {
        const labels = labelsOf(owner);
        if (isWhole) {
          owned.applications.set(labels, applications);
          owned.images.set(labels, images);
        }
        owned.updated.inc(labels, updated);
        owned.errors.inc(labels, errors);
      }
    },
  };
}

interface Instruments {
  readonly applications: Gauge<OwnerLabel>;
  readonly images: Gauge<OwnerLabel>;
  readonly updated: Counter<OwnerLabel>;
  readonly errors: Counter<OwnerLabel>;
  readonly reads: Counter<"registry">;
  readonly failedReads: Counter<"registry">;
  readonly api: Counter;
  readonly failedApi: Counter;
}

function createInstruments(register: Registry): Instruments {
  const registers = [register];
  const gauge = (name: string, help: string): Gauge<OwnerLabel> =>
    new Gauge({ name: `${PREFIX}_${name}`, help, labelNames: OWNER, registers });
  const counter = <T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[],
  ): Counter<T> => new Counter({ name: `${PREFIX}_${name}`, help, labelNames, registers });
  const [read, asked] = ["Reads of registries", "Requests to the Kubernetes API"];
  return {
    applications: gauge("applications_watched_total", "Applications that are cared for"),
    images: gauge("images_watched_total", "Images that are cared for"),
    updated: counter("images_updated_total", "Images that were updated", OWNER),
    errors: counter("images_errors_total", "Images whose update failed", OWNER),
    reads: counter("registry_requests_total", read, ["registry"]),
    failedReads: counter("registry_requests_failed_total", `${read} that failed`, ["registry"]),
    api: counter("k8s_api_requests_total", asked, []),
    failedApi: counter("k8s_api_errors_total", `${asked} that failed`, []),
  };
}

function labelsOf(owner: string | undefined): Record<OwnerLabel, string> {
  const [namespace = "", name = ""] = owner?.split("/") ?? [];
  return { image_updater_cr_name: name, image_updater_cr_namespace: namespace };
}
