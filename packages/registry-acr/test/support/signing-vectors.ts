import type { AccessKey } from "@image-updater/registry-acr";
import type { OpenApiCall } from "../../src/openapi/open-api-call.js";

/** A signed request whose hash and signature are known. */
export interface SigningVector {
  readonly name: string;
  readonly host: string;
  readonly call: OpenApiCall;
  readonly key: AccessKey;
  readonly date: string;
  readonly nonce: string;
  readonly hash: string;
  readonly signature: string;
}

const KEY: AccessKey = {
  accessKeyId: "YourAccessKeyId",
  accessKeySecret: "YourAccessKeySecret",
};

const COMMON = {
  host: "cr.cn-hangzhou.aliyuncs.com",
  key: KEY,
  date: "2026-11-20T08:00:00Z",
  nonce: "0123456789abcdef0123456789abcdef",
};

const TOKEN_CALL: OpenApiCall = {
  method: "POST",
  path: [],
  query: { InstanceId: "cri-kmsiwlxxdcva1234" },
  action: "GetAuthorizationToken",
  version: "2018-12-01",
};

/** The first is of the signature's documentation; on the others two implementations agree. */
export const signingVectors: readonly SigningVector[] = [
  {
    name: "the documentation's example",
    host: "ecs.cn-shanghai.aliyuncs.com",
    call: {
      method: "POST",
      path: [],
      query: {
        RegionId: "cn-shanghai",
        ImageId: "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
      },
      action: "RunInstances",
      version: "2014-05-26",
    },
    key: KEY,
    date: "2023-10-26T10:22:32Z",
    nonce: "3156853299f313e23d1673dc12e1703d",
    hash: "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259",
    signature: "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
  },
  {
    ...COMMON,
    name: "GetAuthorizationToken",
    call: TOKEN_CALL,
    hash: "f36f67e81ec1a91c9987ecce9abba3faae6ca25d8005338fd40f1cce888f8933",
    signature: "2d7b653cf9d58c784fe8cf3cc986ca403839f251c56e8a818c5dfa912fa13c9c",
  },
  {
    ...COMMON,
    name: "GetAuthorizationToken with a session's token",
    call: TOKEN_CALL,
    key: { ...KEY, securityToken: "YourSecurityToken" },
    hash: "40aedbf0568ed65605667b27a3e929309e88f9712453cc1038c44b8e80ef7ef4",
    signature: "5ff9eb55b6cc2397de76c512d065b35829d37b9a1dc62b1751366bd208afa7f3",
  },
  {
    ...COMMON,
    name: "ListRepoTag",
    call: {
      method: "POST",
      path: [],
      query: {
        RepoId: "crr-tquyps22md8p1234",
        PageNo: "1",
        PageSize: "100",
        InstanceId: "cri-kmsiwlxxdcva1234",
      },
      action: "ListRepoTag",
      version: "2018-12-01",
    },
    hash: "362df64c1e2a072b5f38d606bc2f8dc8def386d8f6f4100b086ec693fcf19fe2",
    signature: "ff4dd10154a8f16aec47ffcac481a1323c654ea3014c24c010475ed423ab261c",
  },
  {
    ...COMMON,
    name: "the personal edition's tokens",
    call: {
      method: "GET",
      path: ["tokens"],
      query: {},
      action: "GetAuthorizationToken",
      version: "2016-06-07",
    },
    hash: "697ad9cde823efd9940d0cc1856fe020529de7921f4c3fa719608fb4daf88eea",
    signature: "f19886f3a8cb241cb926f18e39d1d5bd6c600a1979de6b4a46f99390f8497e4c",
  },
];
