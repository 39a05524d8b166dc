import { describe, expect, it } from "vitest";
import { listResources } from "../../src/api/list-resources.js";
import { APPLICATIONS } from "../../src/api/resource.js";
import { application, namesOf } from "../support/objects.js";
import { startServer } from "../support/test-server.js";

const names = ["a", "b", "c", "d", "e"];
const selection = { resource: APPLICATIONS, namespace: "argocd", pageSize: 2 };
const all = names.map((name) => `argocd/${name}`);

describe("a list", () => {
  it("is read page by page, and from one moment", async () => {
    const { api, server } = await startServer({ objects: names.map((name) => application(name)) });
    const list = await listResources(
      {
        ...api,
        // Somebody else changes something between the pages.
        async request(request) {
          const response = await api.request(request);
          if (server.requests.length === 1)
            server.remove({ kind: "Application", namespace: "argocd", name: "e" });
          return response;
        },
      },
      selection,
    );
    expect(namesOf(list.objects)).toEqual(all);
    expect(server.requests.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it("is read anew, at once, when a page is too old to go on from", async () => {
    const { api, server } = await startServer({ objects: names.map((name) => application(name)) });
    const list = await listResources(
      {
        ...api,
        async request(request) {
          const response = await api.request(request);
          if (server.requests.length === 1) {
            server.expire();
            server.put(application("f"));
          }
          return response;
        },
      },
      selection,
    );
    expect(namesOf(list.objects)).toEqual([...all, "argocd/f"]);
    expect(server.requests.map(({ status }) => status)).toEqual([200, 410, 200]);
    expect(server.requests[2]?.path).not.toContain("limit");
  });

  it("is an error when any page is", async () => {
    const { api, server } = await startServer({ objects: names.map((name) => application(name)) });
    const listed = listResources(
      {
        ...api,
        async request(request) {
          if (server.requests.length === 1) server.setFaults([{ behave: "conflict" }]);
          return api.request(request);
        },
      },
      selection,
    );
    await expect(listed).rejects.toMatchObject({ code: "conflict" });
  });

  it("that is none is an error", async () => {
    const { api } = await startServer();
    const answer = async (): Promise<{ status: number; body: unknown }> => ({
      status: 200,
      body: { kind: "Application" },
    });
    await expect(listResources({ ...api, request: answer }, selection)).rejects.toMatchObject({
      code: "invalid-response",
      message: expect.stringContaining("list applications.argoproj.io"),
    });
  });
});
