import { expect, test } from "vitest";
import { Operator } from "../support/operator.ts";

const MEMBER = "/var/lib/etcd/member";

/** An operator whose etcd was started again after something was done to its files. */
function restarted(harm: string, seconds: number): Operator {
  const at = new Operator();
  at.type(`${harm}; kill -9 $(pgrep -x etcd)`);
  at.wait(seconds);
  return at;
}

function log(at: Operator): string {
  return at.type("cat $(ls -t /var/log/pods/kube-system_etcd-*/etcd/*.log | head -1) | cut -d' ' -f4-");
}

test("without its log a member begins another, whose entries the db takes for applied: nobody is answered", () => {
  const at = restarted(`rm -f ${MEMBER}/wal/*`, 20);
  const said = log(at);
  expect(said).toContain('"msg":"starting local member"');
  expect(
    said.match(
      /"msg":"failed to publish local member to cluster through raft".*"error":"etcdserver: request timed out"/g,
    ),
  ).toHaveLength(2);
  expect(said).not.toContain("ready to serve client requests");
  expect(at.type("crictl ps -q --name etcd | wc -l")).toBe("1\n");
  expect(at.type("kubectl get nodes --request-timeout=5s")).not.toContain("Ready");
});

test("without its db a member makes it from the whole log", () => {
  const at = restarted(`rm -f ${MEMBER}/snap/db`, 5);
  expect(at.type("kubectl get nodes --no-headers | grep -c ' Ready '")).toBe("3\n");
});

test("a log that begins with something else can't be repaired", () => {
  const at = restarted(`echo garbage > $(ls ${MEMBER}/wal/0*0.wal)`, 5);
  expect(JSON.parse(log(at).trim().split("\n").at(-1) ?? "")).toMatchObject({
    level: "fatal",
    caller: "etcdserver/bootstrap.go:631",
    msg: "failed to read WAL, cannot be repaired",
    error: "wal: snapshot not found",
  });
  expect(at.type(`ls ${MEMBER}/wal`)).toContain(".wal");
});

test("a db whose first pages are gone ends the process where it stands", () => {
  const at = restarted(`dd if=/dev/urandom of=${MEMBER}/snap/db bs=1k count=20 conv=notrunc 2>/dev/null`, 5);
  const said = log(at);
  expect(said).toMatch(
    /"level":"panic",.*"caller":"backend\/backend.go:205","msg":"failed to open database","path":"\/var\/lib\/etcd\/member\/snap\/db","error":"invalid database"/,
  );
  expect(said).toContain("\npanic: failed to open database\n");
  expect(said).not.toContain("closed etcd server");
});

test("a data directory that others may enter is told of, and used", () => {
  const at = restarted("chmod 755 /var/lib/etcd", 5);
  expect(log(at)).toContain(
    String.raw`"msg":"check file permission","error":"directory \"/var/lib/etcd\" exist, but the permission is \"drwxr-xr-x\". The recommended permission is \"-rwx------\" to prevent possible unprivileged access to the data"`,
  );
  expect(at.type("kubectl get nodes --no-headers | wc -l")).toBe("3\n");
});
