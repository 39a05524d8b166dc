import { describe, expect, it } from "vitest";
import { application } from "../support/objects.js";
import { createQuickClock } from "../support/quick-clock.js";
import { startServer } from "../support/test-server.js";

const APPLICATIONS = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
const list = { method: "GET", path: APPLICATIONS } as const;
const get = { method: "GET", path: `${APPLICATIONS}/web` } as const;
const create = { method: "POST", path: APPLICATIONS, body: application("web") } as const;
const random = (): number => 0;
const forbidden = { behave: "forbidden" } as const;

describe("a refusal by a server that has just started", () => {
  it.each([
    ["a read", list, 200],
    ["a write, which was not done", create, 201],
  ])("lets %s be sent again", async (_, request, status) => {
    const clock = createQuickClock();
    const faults = [{ ...forbidden, times: 2 }];
    const { api } = await startServer({ faults }, { clock, random });
    await expect(api.request(request)).resolves.toMatchObject({ status });
    expect(clock.waits).toEqual([500, 1000]);
  });

  it("is believed after some attempts", async () => {
    const { api, server } = await startServer({ faults: [forbidden] }, { random });
    await expect(api.request(list)).resolves.toMatchObject({ status: 403 });
    expect(server.requests).toHaveLength(4);
  });

  it("lets be asked again for a minute after a connection was lost", async () => {
    const clock = createQuickClock();
    const { api, server } = await startServer({}, { clock, random, retries: 1 });
    await api.request(list);
    for (const seconds of [50, 50]) await clock.delay(seconds * 1000);
    server.setFaults([{ behave: "disconnect", times: 1 }]);
    await api.request(list);
    server.setFaults([{ ...forbidden, times: 1 }]);
    await expect(api.request(create)).resolves.toMatchObject({ status: 201 });
  });
});

describe("a refusal later", () => {
  it("of what was allowed before lets it be sent again, for that object only", async () => {
    const clock = createQuickClock();
    const { api, server } = await startServer({ objects: [application("web")] }, { clock, random });
    await api.request(get);
    for (const seconds of [50, 50]) await clock.delay(seconds * 1000);
    server.setFaults([{ ...forbidden, times: 1 }]);
    await expect(api.request(get)).resolves.toMatchObject({ status: 200 });
    server.setFaults([{ ...forbidden, times: 1 }]);
    await expect(api.request(list)).resolves.toMatchObject({ status: 403 });
  });

  it("is believed at once of what was never allowed", async () => {
    const clock = createQuickClock();
    const { api, server } = await startServer({}, { clock, random });
    await api.request(list);
    for (const seconds of [50, 50]) await clock.delay(seconds * 1000);
    server.setFaults([forbidden]);
    await expect(api.request(create)).resolves.toMatchObject({ status: 403 });
    expect(server.requests).toHaveLength(2);
  });
});

describe("a write of who may not write", () => {
  it("is not sent", async () => {
    const { api, server } = await startServer({}, { mayWrite: () => false });
    await expect(api.request(create)).rejects.toMatchObject({ code: "cancelled" });
    await expect(api.request(list)).resolves.toMatchObject({ status: 200 });
    expect(server.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  it.each(["rate-limited", "forbidden"] as const)(
    "is not sent again when the right to write ended after %s",
    async (behave) => {
      const asked: boolean[] = [];
      const mayWrite = (): boolean => asked.push(true) === 1;
      const { api, server } = await startServer({ faults: [{ behave, times: 1 }] }, { mayWrite });
      await expect(api.request(create)).rejects.toMatchObject({ code: "cancelled" });
      expect(server.requests).toHaveLength(1);
      expect(server.list("Application")).toEqual([]);
    },
  );
});
