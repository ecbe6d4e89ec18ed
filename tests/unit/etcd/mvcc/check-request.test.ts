import { expect, test } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import { checkPutRequest, checkTxnRequest } from "../../../../src/etcd/mvcc/check-request.ts";
import type { RequestOp } from "../../../../src/etcd/rpc/messages.ts";

const put = (key: string): RequestOp => ({ op: "put", request: { key, value: utf8("v") } });
const del = (key: string, rangeEnd = ""): RequestOp => ({ op: "deleteRange", request: { key, rangeEnd } });
const nested = (success: RequestOp[], failure: RequestOp[] = []): RequestOp => ({
  op: "txn",
  request: { compare: [], success, failure },
});
const check = (...success: RequestOp[]) => checkTxnRequest({ compare: [], success, failure: [] });
const DUPLICATE = "etcdserver: duplicate key given in txn request";
const TOO_MANY = "etcdserver: too many operations in txn request";

test("[TX5] which operations of one branch may meet", () => {
  expect(check(put("a"), put("a"))).toBe(DUPLICATE);
  expect(check(put("a"), del("a"))).toBe(DUPLICATE);
  expect(check(del("a", "c"), put("b"))).toBe(DUPLICATE);
  expect(check(del("a", "\0"), put("b"))).toBe(DUPLICATE);
  expect(check(del("a", "c"), put("c"))).toBeUndefined();
  expect(check(del("a"), del("a"))).toBeUndefined();
  expect(check(put("a"), nested([put("a")]))).toBe(DUPLICATE);
  expect(check(nested([put("a")]), nested([put("a")]))).toBe(DUPLICATE);
  expect(check(nested([put("a")], [put("a")]))).toBeUndefined();
  expect(check(nested([del("a", "b")]), put("a1"))).toBe(DUPLICATE);
  expect(checkTxnRequest({ compare: [], success: [put("a")], failure: [put("a")] })).toBeUndefined();
});

test("[TX6] nested transactions share the limit", () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => put(`k${i}`));
  expect(check(...many(128))).toBeUndefined();
  expect(check(...many(129))).toBe(TOO_MANY);
  expect(check(nested(many(127)))).toBeUndefined();
  expect(check(nested(many(128)))).toBe(TOO_MANY);
});

test("puts that keep a value or lease may not bring one", () => {
  expect(checkPutRequest({ key: "a", value: utf8("v"), ignoreValue: true })).toBe("etcdserver: value is provided");
  expect(checkPutRequest({ key: "a", value: utf8(""), lease: 1n, ignoreLease: true })).toBe(
    "etcdserver: lease is provided",
  );
});
