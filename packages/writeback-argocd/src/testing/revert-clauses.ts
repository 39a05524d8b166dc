import {
  application,
  assertManifest,
  assertSame,
  changeOf,
  helm,
  outcomeOf,
  parameter,
  writeBackOver,
  type ApplicationsUnderTest,
  type WriteClause,
} from "./write-clause.js";

const TEMPLATE = {
  repoURL: "https://charts.example.com",
  chart: "web",
  helm: { parameters: [parameter("image.tag", "1.0")] },
};
const OWNER = {
  ownerReferences: [
    { apiVersion: "argoproj.io/v1alpha1", kind: "ApplicationSet", name: "webs", uid: "7" },
  ],
};

/** What happens with an Application that others keep as their template says. */
export const revertClauses: readonly WriteClause[] = [
  {
    name: "stops writing what is put back again and again, and names the owner",
    applications: [application("web", TEMPLATE, OWNER)],
    async check(subject): Promise<void> {
      const target = writeBackOver(subject.client);
      const wanted = changeOf("web", helm(["image.tag", "1.1"]));
      for (const time of ["first", "second"]) {
        const results = await target.write([wanted]);
        assertSame(results.map(outcomeOf), ["written"], `${time} write`);
        await putBack(subject);
      }
      const [result] = await target.write([wanted]);
      assertSame(outcomeOf(result), "reverted", "third write");
      const message = result?.kind === "failed" ? result.error.message : "";
      for (const part of ["argocd/web", "image.tag", "2 times", 'ApplicationSet "webs"']) {
        assertSame([part, message.includes(part)], [part, true], message);
      }
      assertManifest(await subject.read("web"), application("web", TEMPLATE, OWNER), "web");
    },
  },
];

function putBack({ edit }: ApplicationsUnderTest): Promise<unknown> {
  return edit("web", (manifest) => ({
    ...manifest,
    spec: { ...manifest.spec, source: TEMPLATE },
  }));
}
