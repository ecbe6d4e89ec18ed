import { describe, expect, test } from "vitest";
import { base64, fromByteString, toByteString, utf8 } from "../../../../src/base/bytes.ts";
import type { KeyValue, ResponseHeader, TxnResponse } from "../../../../src/etcd/rpc/messages.ts";
import { Display, type Format } from "../../../../src/programs/etcdctl/display.ts";
import type { Renderings } from "../../../../src/programs/etcdctl/output/renderings.ts";

/** What etcdctl 3.6.14 and 3.5.30 printed of the same answers. */
const header: ResponseHeader = {
  clusterId: 14841639068965178418n,
  memberId: 10276657743932975437n,
  revision: 21,
  raftTerm: 2,
};
const inner = { clusterId: 0n, memberId: 0n, revision: 27, raftTerm: 0 };
const foo = keyValue("foo", 2, 17, 16, utf8("baz"));
const bin = keyValue("bin", 21, 21, 1, utf8('é\x01"q\\'));

function keyValue(
  key: string,
  createRevision: number,
  modRevision: number,
  version: number,
  value: Uint8Array,
): KeyValue {
  return { key, createRevision, modRevision, version, value, lease: 0n };
}

function show<K extends keyof Renderings>(
  kind: K,
  format: Format,
  options: { readonly hex?: boolean; readonly version?: string },
  ...args: Parameters<Renderings[K]>
): string {
  const display = new Display(format, options.hex ?? false, { version: options.version ?? "3.6.14" });
  const render = display.of(kind) as (...given: Parameters<Renderings[K]>) => string;
  return render(...args);
}

describe("get", () => {
  const response = { header, kvs: [bin, foo], more: true, count: 5 };

  test("json leaves zero values out and keeps 64-bit numbers bare", () => {
    expect(show("get", "json", {}, { header, kvs: [foo], more: false, count: 1 })).toBe(
      '{"header":{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":21,"raft_term":2},"kvs":[{"key":"Zm9v","create_revision":2,"mod_revision":17,"version":16,"value":"YmF6"}],"count":1}\n',
    );
  });

  test("fields quotes as Go does", () => {
    expect(
      new TextDecoder().decode(fromByteString(show("get", "fields", {}, response))),
    ).toBe(`"ClusterID" : 14841639068965178418
"MemberID" : 10276657743932975437
"Revision" : 21
"RaftTerm" : 2
"Key" : "bin"
"CreateRevision" : 21
"ModRevision" : 21
"Version" : 1
"Value" : "é\\x01\\"q\\\\"
"Lease" : 0
"Key" : "foo"
"CreateRevision" : 2
"ModRevision" : 17
"Version" : 16
"Value" : "baz"
"Lease" : 0
"More" : true
"Count" : 5
`);
  });

  test("protobuf is the message itself", () => {
    expect(base64(fromByteString(show("get", "protobuf", {}, response)))).toBe(
      "ChoIspjq8ZSDhvzNARDN0pGL0riBz44BGBUgAhITCgNiaW4QFRgVIAEqBsOpASJxXBIQCgNmb28QAhgRIBAqA2JhehgBIAU=",
    );
  });

  test("simple gives the bytes, --hex spells them", () => {
    expect(show("get", "simple", {}, response)).toBe(`bin\n${toByteString(utf8('é\x01"q\\'))}\nfoo\nbaz\n`);
    expect(show("get", "simple", { hex: true }, { ...response, kvs: [foo] })).toBe(
      "\\x66\\x6f\\x6f\n\\x62\\x61\\x7a\n",
    );
  });

  test("there is no table of it", () => {
    expect(() => show("get", "table", {}, response)).toThrow("table not supported as output format");
  });
});

describe("txn", () => {
  const response: TxnResponse = {
    header: { ...header, revision: 31 },
    succeeded: true,
    responses: [
      { op: "put", response: { header: { ...inner, revision: 31 } } },
      { op: "range", response: { header: { ...inner, revision: 31 }, kvs: [foo], more: false, count: 1 } },
      { op: "deleteRange", response: { header: { ...inner, revision: 31 }, deleted: 0, prevKvs: [] } },
    ],
  };

  test("simple separates the answers by empty lines", () => {
    expect(show("txn", "simple", {}, response)).toBe("SUCCESS\n\nOK\n\nfoo\nbaz\n\n0\n");
  });

  test("json names the oneof of each answer", () => {
    expect(show("txn", "json", {}, response)).toBe(
      '{"header":{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":31,"raft_term":2},"succeeded":true,"responses":[{"Response":{"response_put":{"header":{"revision":31}}}},{"Response":{"response_range":{"header":{"revision":31},"kvs":[{"key":"Zm9v","create_revision":2,"mod_revision":17,"version":16,"value":"YmF6"}],"count":1}}},{"Response":{"response_delete_range":{"header":{"revision":31}}}}]}\n',
    );
  });

  test("protobuf nests them", () => {
    expect(base64(fromByteString(show("txn", "protobuf", {}, response)))).toBe(
      "ChoIspjq8ZSDhvzNARDN0pGL0riBz44BGB8gAhABGgYSBAoCGB8aGgoYCgIYHxIQCgNmb28QAhgRIBAqA2JheiABGgYaBAoCGB8=",
    );
  });
});

describe("members", () => {
  const member = {
    id: 10276657743932975437n,
    name: "default",
    peerUrls: ["http://localhost:2380"],
    clientUrls: ["http://localhost:2379"],
    isLearner: false,
  };
  const list = { header: { ...header, revision: 0 }, members: [member] };

  test("json with --hex is a form of its own, misspelt in 3.5", () => {
    const text =
      '{"header":{"cluster_id":"cdf818194e3a8c32","member_id":"8e9e05c52164694d","raft_term":2},"members":[{"ID":"8e9e05c52164694d","name":"default","peerURLs":["http://localhost:2380"],"clientURLs":["http://localhost:2379"]}]}\n';
    expect(show("memberList", "json", { hex: true }, list)).toBe(text);
    expect(show("memberList", "json", { hex: true, version: "3.5.30" }, list)).toBe(
      text.replace("clientURLs", "clientURLS"),
    );
  });

  test("table", () => {
    expect(
      show("memberList", "table", {}, list),
    ).toBe(`+------------------+---------+---------+-----------------------+-----------------------+------------+
|        ID        | STATUS  |  NAME   |      PEER ADDRS       |     CLIENT ADDRS      | IS LEARNER |
+------------------+---------+---------+-----------------------+-----------------------+------------+
| 8e9e05c52164694d | started | default | http://localhost:2380 | http://localhost:2379 |      false |
+------------------+---------+---------+-----------------------+-----------------------+------------+
`);
  });

  test("ids are padded with blanks where one is changed", () => {
    const response = { header, members: [] };
    expect(show("memberRemove", "simple", {}, 0xa874c87fd42044fn, response)).toBe(
      "Member  a874c87fd42044f removed from cluster cdf818194e3a8c32\n",
    );
  });
});

describe("status", () => {
  const status = {
    header: { ...header, revision: 37 },
    version: "3.6.14",
    dbSize: 24576,
    leader: 10276657743932975437n,
    raftIndex: 80,
    raftTerm: 2,
    raftAppliedIndex: 80,
    errors: [],
    dbSizeInUse: 20480,
    isLearner: false,
    storageVersion: "3.6.0",
    dbSizeQuota: 2147483648,
    downgradeInfo: { enabled: false, targetVersion: "" },
  };
  const list = [{ endpoint: "127.0.0.1:2379", status }];

  test("the columns of 3.6 and of 3.5", () => {
    expect(show("endpointStatus", "simple", {}, list)).toBe(
      "127.0.0.1:2379, 8e9e05c52164694d, 3.6.14, 3.6.0, 25 kB, 20 kB, 17%, 2.1 GB, true, false, 2, 80, 80, , , false\n",
    );
    expect(show("endpointStatus", "simple", { version: "3.5.30" }, list)).toBe(
      "127.0.0.1:2379, 8e9e05c52164694d, 3.6.14, 25 kB, true, false, 2, 80, 80, \n",
    );
  });

  test("json", () => {
    expect(show("endpointStatus", "json", {}, list)).toBe(
      '[{"Endpoint":"127.0.0.1:2379","Status":{"header":{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":37,"raft_term":2},"version":"3.6.14","dbSize":24576,"leader":10276657743932975437,"raftIndex":80,"raftTerm":2,"raftAppliedIndex":80,"dbSizeInUse":20480,"storageVersion":"3.6.0","dbSizeQuota":2147483648,"downgradeInfo":{}}}]\n',
    );
  });
});

test("a role's permissions, by what they allow", () => {
  const perm = [
    { permType: "READ", key: "\0", rangeEnd: "\0" },
    { permType: "READWRITE", key: "from", rangeEnd: "\0" },
    { permType: "WRITE", key: "one", rangeEnd: "" },
    { permType: "READ", key: "pre", rangeEnd: "prf" },
  ] as const;
  expect(show("roleGet", "simple", {}, "rp", { header, perm })).toBe(
    "Role rp\nKV Read:\n\t[\0, <open ended>\n\t[from, <open ended>\n\t[pre, prf) (prefix pre)\nKV Write:\n\t[from, <open ended>\n\tone\n",
  );
});

test("leases embed the header in json and are nothing else in protobuf", () => {
  const response = { header: { ...header, revision: 34 }, id: 4660n, ttl: 500 };
  expect(show("leaseGrant", "json", {}, response)).toBe(
    '{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":34,"raft_term":2,"ID":4660,"TTL":500,"Error":""}\n',
  );
  expect(base64(fromByteString(show("leaseGrant", "protobuf", {}, response)))).toBe(
    "CLKY6vGUg4b8zQEQzdKRi9K4gc+OARgiIAI=",
  );
});
