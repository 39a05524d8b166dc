import { describe, expect, it } from "vitest";
import { DIGEST, readPayload } from "./sample-webhooks.js";

function eventOf(fields: object): object {
  return { specversion: "1.0", id: "1", ...fields };
}

describe("an event of Amazon's registry", () => {
  const ecr = {
    type: "com.amazon.ecr.image.push",
    source: "urn:aws:ecr:us-east-1:123456789012:repository/app",
    data: { repositoryName: "app", imageTag: "v1" },
  };

  it.each([
    {
      source: "urn:aws:ecr:us-east-1:123456789012:repository/app",
      registry: "123456789012.dkr.ecr.us-east-1.amazonaws.com",
    },
    {
      source: "arn:aws:ecr:us-west-2:123456789012:repository/app",
      registry: "123456789012.dkr.ecr.us-west-2.amazonaws.com",
    },
    {
      source: "arn:aws-cn:ecr:cn-north-1:123456789012:repository/app",
      registry: "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
    },
    {
      source: "urn:aws:ecr:us-east-1:123456789012:repository/app",
      registryId: "999999999999",
      registry: "999999999999.dkr.ecr.us-east-1.amazonaws.com",
    },
  ])("from $source is of $registry", ({ source, registryId, registry }) => {
    const data = { ...ecr.data, registryId, imageDigest: DIGEST };
    expect(readPayload("cloudevents", eventOf({ ...ecr, source, data }))).toEqual({
      registry,
      repository: "app",
      tag: "v1",
      digest: DIGEST,
    });
  });

  it.each([
    { subject: "team/app:v2", data: {}, repository: "team/app", tag: "v2" },
    { subject: "team/app:v2", data: { imageTag: "v3" }, repository: "team/app", tag: "v3" },
    { subject: "a:v1:hotfix", data: { repositoryName: "b" }, repository: "b", tag: "v1:hotfix" },
  ])("falls back on the subject $subject beside $data", ({ subject, data, repository, tag }) => {
    const event = eventOf({ ...ecr, subject, data });
    expect(readPayload("cloudevents", event)).toMatchObject({ repository, tag });
  });

  it.each([
    { name: "no repository but in the source", fields: { data: { imageTag: "v1" } } },
    { name: "no tag", fields: { data: { repositoryName: "app" } } },
    { name: "no data", fields: { data: undefined } },
    { name: "data that are not object", fields: { data: "app:v1" } },
    { name: "a source that is not an ARN", fields: { source: "aws.ecr" } },
    { name: "a source of another service", fields: { source: "arn:aws:s3:::bucket" } },
    { name: "no source", fields: { source: undefined } },
  ])("is refused with $name", ({ fields }) => {
    expect(readPayload("cloudevents", eventOf({ ...ecr, ...fields }))).toBe("missing-field");
  });
});

describe("an event of Alibaba Cloud's EventBridge", () => {
  const data = {
    InstanceName: "acme",
    RepoNamespaceName: "team",
    InstanceId: "cri-4jga79lyszik",
    RepoName: "app",
    RegionId: "cn-hangzhou",
    Tag: "v1",
    RepoId: "crr-8441203b7uzi",
  };
  const alibaba = {
    source: "acs.cr",
    subject: "acs.cr:cn-hangzhou:123456789098:215672",
    time: "2020-11-19T21:04:41+08:00",
    aliyunregionid: "cn-hangzhou",
  };
  const pushed = { ...alibaba, type: "cr:Artifact:PushCompleted" };
  const built = { ...alibaba, type: "cr:Artifact:BuildCompleted" };
  const push = {
    registry: "acme-registry.cn-hangzhou.cr.aliyuncs.com",
    repository: "team/app",
    tag: "v1",
  };

  it("tells of a push and of a build that succeeded", () => {
    expect(readPayload("cloudevents", eventOf({ ...pushed, data }))).toEqual(push);
    const success = { ...data, RepoBuildType: "AUTO_BUILD", BuildStatus: "SUCCESS" };
    expect(readPayload("cloudevents", eventOf({ ...built, data: success }))).toEqual(push);
  });

  it("takes the registry of the URL first", () => {
    const query = { registry_url: "images.example.com" };
    const event = eventOf({ ...pushed, data: { ...data, InstanceName: undefined } });
    const found = { ...push, registry: "images.example.com" };
    expect(readPayload("cloudevents", event, { query })).toEqual(found);
    expect(readPayload("cloudevents", event)).toBe("missing-field");
  });

  it("does not need a tag", () => {
    const event = eventOf({ ...pushed, data: { ...data, Tag: "", Digest: DIGEST } });
    const { tag: _tag, ...rest } = push;
    expect(readPayload("cloudevents", event)).toEqual({ ...rest, digest: DIGEST });
  });

  it.each(["RepoNamespaceName", "RepoName", "RegionId"])("is refused without %s", (field) => {
    const event = eventOf({ ...pushed, data: { ...data, [field]: undefined } });
    expect(readPayload("cloudevents", event)).toBe("missing-field");
  });

  it.each([
    { ...built, data: { ...data, BuildStatus: "FAILED" } },
    { ...built, data },
    { ...pushed, type: "cr:Artifact:ScanCompleted", data },
    { ...pushed, type: "cr:ActionTrail:ApiCall", data },
    { ...pushed, source: "acs.oss", data },
  ])("is refused as no push: $type of $source", (fields) => {
    expect(readPayload("cloudevents", eventOf(fields))).toBe("unsupported-event");
  });
});

describe("an event in upstream's words", () => {
  it.each([
    {
      name: "a type with container",
      fields: {
        type: "com.example.container.push",
        source: "https://other.example.com",
        data: {
          repository: "app",
          tag: "v1",
          digest: DIGEST,
          registryUrl: "registry.example.com",
        },
      },
      found: { registry: "registry.example.com", repository: "app", tag: "v1", digest: DIGEST },
    },
    {
      name: "a type with image, and other names",
      fields: {
        type: "org.example.image.published",
        data: { repositoryName: "team/app", imageTag: "2", registry: "https://r.example.com/x" },
      },
      found: { registry: "r.example.com", repository: "team/app", tag: "2" },
    },
    {
      name: "a source that is a URL",
      fields: {
        type: "container.push",
        source: "http://localhost:5000/app",
        subject: "app:v3",
      },
      found: { registry: "localhost:5000", repository: "app", tag: "v3" },
    },
    {
      name: "a source that begins with a host",
      fields: { type: "container.push", source: "ghcr.io/owner/app", subject: "owner/app:v3" },
      found: { registry: "ghcr.io", repository: "owner/app", tag: "v3" },
    },
  ])("is read with $name", ({ fields, found }) => {
    expect(readPayload("cloudevents", eventOf(fields))).toEqual(found);
  });

  it.each([
    { fields: { type: "container.push", source: "app", subject: "app:1" }, code: "missing-field" },
    { fields: { type: "container.push", source: "ghcr.io/a" }, code: "missing-field" },
    { fields: { type: "com.example.database.updated" }, code: "unsupported-event" },
    { fields: { type: "container.push", specversion: "" }, code: "missing-field" },
    { fields: { type: "container.push", specversion: undefined }, code: "missing-field" },
    { fields: { type: undefined }, code: "missing-field" },
  ])("is refused: $fields", ({ fields, code }) => {
    expect(readPayload("cloudevents", eventOf(fields))).toBe(code);
  });
});
