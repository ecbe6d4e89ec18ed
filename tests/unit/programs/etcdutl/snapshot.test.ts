import { describe, expect, test } from "vitest";
import { runEtcdScript } from "../../../support/etcd-script.ts";

const SAVE =
  "etcdctl put a 1; etcdctl put a 2; etcdctl put b 1; etcdctl snapshot save s.db 2>/dev/null; kill %1; wait %1\n";
const SAVED = "OK\nOK\nOK\nSnapshot saved at s.db\nServer version 3.6.0\n";

describe("a snapshot", () => {
  test("lives on in a new data directory with its revisions", () => {
    const { stdout } = runEtcdScript(`${SAVE}
etcdutl snapshot status s.db | cut -d, -f2,3,5
etcdutl snapshot restore s.db --data-dir r 2>/dev/null; echo $?
find r | sort
etcd --data-dir r > r.log 2>&1 &
sleep 2
etcdctl get a -w json; etcdctl get a --rev=2 --print-value-only; etcdctl put c 1 -w json
etcdctl endpoint status | cut -d, -f2,11,12`);
    expect(stdout).toBe(`${SAVED} 4, 2, 3.6.0
0
r
r/member
r/member/snap
r/member/snap/0000000000000001-0000000000000001.snap
r/member/snap/db
r/member/wal
r/member/wal/0000000000000000-0000000000000000.wal
{"header":{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":4,"raft_term":2},"kvs":[{"key":"YQ==","create_revision":2,"mod_revision":3,"version":2,"value":"Mg=="}],"count":1}
1
{"header":{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":5,"raft_term":2}}
 8e9e05c52164694d, 2, 4
`);
  });

  test("can be restored at a later revision, with all before it compacted", () => {
    const { stdout, stderr } = runEtcdScript(`${SAVE}
etcdutl snapshot restore s.db --data-dir r --bump-revision 1000 --mark-compacted 2>&1 | grep -o 'bumping.*\\|marking.*'
etcd --data-dir r > r.log 2>&1 &
sleep 2
etcdctl get b -w json | cut -d, -f3
etcdctl get a --rev=4 2>&1 | tail -1
etcdctl put a 3 -w json | cut -d, -f3`);
    expect(
      stdout,
    ).toBe(`${SAVED}bumping latest revision	{"latest-revision": 4, "bump-amount": 1000, "new-latest-revision": 1004}
marking revision compacted	{"revision": 1004}
"revision":1004
Error: etcdserver: mvcc: required revision has been compacted
"revision":1005
`);
    expect(stderr).toBe("");
  });

  test("that was damaged is refused unless the hash is not asked for", () => {
    const { stdout } = runEtcdScript(`${SAVE}
head -c 20480 s.db > cut.db; (head -c 20511 s.db; printf x) > flipped.db; echo hello > text.db; : > empty.db
for f in cut flipped text empty none; do
  etcdutl snapshot restore $f.db --data-dir r-$f 2>&1 | tail -1 | sed 's/\\[[0-9 ]*\\]/[..]/g'
done
ls -d r-*
for f in text empty none; do etcdutl snapshot status $f.db 2>&1; done
etcdutl hashkv text.db 2>&1 | head -1
etcdutl snapshot restore cut.db --skip-hash-check --data-dir r 2>/dev/null; echo $?
etcdutl snapshot restore s.db --data-dir r 2>&1; echo $?`);
    expect(stdout).toBe(`${SAVED}Error: snapshot missing hash but --skip-hash-check=false
Error: expected sha256 [..], got [..]
Error: seek text.db: invalid argument
Error: seek empty.db: invalid argument
Error: open none.db: no such file or directory
r-cut
r-flipped
Error: invalid database
Error: write empty.db: bad file descriptor
Error: stat none.db: no such file or directory
panic: failed to open database
0
Error: data-dir "r" not empty or could not be read
1
`);
  });
});

test("etcdutl waits for a db that a server holds", () => {
  const { stdout, stderr } = runEtcdScript(`
etcdctl put foo bar
timeout 2 etcdutl snapshot status default.etcd/member/snap/db; echo $?
kill %1; wait %1
etcdutl hashkv default.etcd/member/snap/db
etcdutl defrag --data-dir default.etcd 2>&1 | grep -c defragmenting
etcdutl migrate --data-dir default.etcd --target-version 3.4; echo $?`);
  expect(stdout).toBe("OK\n124\n3305255506, 2, -1\n2\n128\n");
  expect(stderr).toBe('Error: target version "3.4" not supported. Minimal "3.5"\n');
});
