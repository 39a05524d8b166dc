import { parseGitlabProject, parseOwnerRepository } from "@image-updater/writeback-git";
import { text } from "../fields.js";
import type { RunCase } from "./area.js";

/** Which repository of a forge a URL names. */
export const forgeAreas: Readonly<Record<string, RunCase>> = {
  "github-owner-repo": (input) => {
    const found = parseOwnerRepository(text(input));
    return found === undefined ? { error: true } : { owner: found.owner, repo: found.repository };
  },
  "gitlab-project": (input) => {
    const project = parseGitlabProject(text(input));
    return project === undefined ? { error: true } : { project };
  },
};
