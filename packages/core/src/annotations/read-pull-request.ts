import type { Diagnostic, Parsed } from "../errors/diagnostic.js";
import { didYouMean, quoteText } from "../errors/wording.js";
import { FORGES } from "../policy/parse-pull-request.js";
import type { PullRequestConfig } from "../policy/write-back-config.js";
import { OWN_SETTINGS } from "./annotation-keys.js";
import {
  itemsOf,
  readOwnSetting,
  type Annotations,
  type FoundAnnotation,
} from "./read-annotation.js";

/**
 * The pull request that `image-updater.dev/pull-request` and `image-updater.dev/pull-request-labels`
 * ask for. Absent gives no value; a word that is not a forge gives none either, with an error.
 */
export function readPullRequest(annotations: Annotations): Parsed<PullRequestConfig> {
  const found = readOwnSetting(annotations, OWN_SETTINGS.pullRequest);
  const labels = readOwnSetting(annotations, OWN_SETTINGS.pullRequestLabels);
  if (found === undefined) {
    return { value: undefined, diagnostics: labels === undefined ? [] : [unusedLabels(labels)] };
  }
  const forge = FORGES.find((known) => known === found.value);
  if (forge === undefined) return { value: undefined, diagnostics: [unknownForge(found)] };
  const value: PullRequestConfig = {
    [forge]: {},
    ...(labels === undefined ? {} : { labels: itemsOf(labels).map(({ text }) => text) }),
  };
  return { value, diagnostics: [] };
}

function unknownForge({ key, value, offset }: FoundAnnotation): Diagnostic {
  const right = `write one of ${FORGES.join(", ")}${didYouMean(value, FORGES)}`;
  const message = `${quoteText(value)} is not a forge that pull requests can be opened on; ${right}`;
  const where = { annotation: key, offset, length: value.length };
  return { severity: "error", code: "invalid-pull-request", where, message };
}

function unusedLabels({ key }: FoundAnnotation): Diagnostic {
  const message = `the labels are not used, since no pull request is asked for; set "${OWN_SETTINGS.pullRequest}" beside them`;
  return { severity: "warning", code: "unused-write-back", where: { annotation: key }, message };
}
