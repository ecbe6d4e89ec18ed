import { expect, test } from "vitest";
import { Operator } from "../support/operator.ts";

const PKI = "/etc/kubernetes/pki/etcd";
const MANIFESTS = "/etc/kubernetes/manifests";

/** Makes a worker a member of etcd, as an operator would: a certificate, a learner, a static pod, a voter. */
const JOIN = `
CLUSTER=ip-10-0-1-10=https://10.0.1.10:2380
join() {
  name=$1; ip=$2; CLUSTER=$CLUSTER,$name=https://$ip:2380
  printf 'subjectAltName=DNS:%s,IP:%s,IP:127.0.0.1\\nextendedKeyUsage=serverAuth,clientAuth\\n' $name $ip > san
  openssl req -newkey rsa:2048 -nodes -keyout key -out request -subj /CN=$name 2>/dev/null
  openssl x509 -req -in request -CA ${PKI}/ca.crt -CAkey ${PKI}/ca.key -days 365 -extfile san -out crt 2>/dev/null
  ssh $name mkdir -p ${PKI}
  ssh $name 'cat > ${PKI}/server.crt' < crt
  ssh $name 'cat > ${PKI}/server.key' < key
  ssh $name 'cat > ${PKI}/ca.crt' < ${PKI}/ca.crt
  sed -e "s/ip-10-0-1-10/$name/g; s/10\\.0\\.1\\.10/$ip/g; s#etcd/peer\\.#etcd/server.#" \\
    -e "s#--initial-cluster=.*#--initial-cluster=$CLUSTER\\n    - --initial-cluster-state=existing#" ${MANIFESTS}/etcd.yaml > pod
  etcdctl member add $name --learner --peer-urls=https://$ip:2380 > /dev/null
  ssh $name 'cat > ${MANIFESTS}/etcd.yaml' < pod
  sleep 20
  etcdctl member promote $(etcdctl member list | grep $name | cut -d, -f1)
}
cd /tmp
`;

/** The sandbox's cluster with its etcd on all three hosts, and the API server knowing of them. */
function grown(): Operator {
  const at = new Operator();
  at.type(JOIN);
  expect(at.type("join ip-10-0-1-11 10.0.1.11")).toMatch(/^Member [ 0-9a-f]{16} promoted in cluster [0-9a-f]{16}\n$/);
  expect(at.type("join ip-10-0-1-12 10.0.1.12")).toMatch(/^Member [ 0-9a-f]{16} promoted in cluster [0-9a-f]{16}\n$/);
  const servers = [10, 11, 12].map((host) => `https://10.0.1.${host}:2379`).join(",");
  at.type(`sed -i 's#etcd-servers=.*#etcd-servers=${servers}#' ${MANIFESTS}/kube-apiserver.yaml`);
  at.wait(60);
  return at;
}

test("a cluster whose etcd has three members goes on without the first, and takes it back", () => {
  const at = grown();
  expect(at.type("etcdctl member list | cut -d, -f2,3,6 | sort")).toBe(
    " started, ip-10-0-1-10, false\n started, ip-10-0-1-11, false\n started, ip-10-0-1-12, false\n",
  );
  at.type(`mv ${MANIFESTS}/etcd.yaml /tmp/`);
  at.wait(40);
  expect(at.type("crictl ps -q --name etcd | wc -l")).toBe("0\n");
  at.type("kubectl create deployment after --image=nginx --replicas=2");
  at.wait(20);
  expect(at.type("kubectl get deployment after -o jsonpath='{.status.readyReplicas}'")).toBe("2");
  at.type(`mv /tmp/etcd.yaml ${MANIFESTS}/`);
  at.wait(30);
  const hashes = at.type("etcdctl endpoint hashkv --cluster").trim().split("\n");
  expect(hashes).toHaveLength(3);
  expect(new Set(hashes.map((line) => line.split(", ")[1])).size).toBe(1);
});

test("without a quorum nothing is agreed on, members stay alive, and a second one ends it", () => {
  const at = grown();
  for (const host of ["ip-10-0-1-11", "ip-10-0-1-12"]) at.type(`ssh ${host} mv ${MANIFESTS}/etcd.yaml /root/`);
  at.wait(40);
  expect(at.type("etcdctl put a b")).toContain("context deadline exceeded");
  expect(at.type("etcdctl --command-timeout=10s put a b")).toMatch(/Error: etcdserver: request timed out/);
  expect(at.type("etcdctl endpoint status -w json")).toContain("etcdserver: no leader");
  expect(at.type("etcdctl get /registry/namespaces/default --consistency=s --keys-only")).toContain("/registry/");
  expect(at.type("kubectl get nodes --request-timeout=5s")).not.toContain("Ready");
  at.type(`ssh ip-10-0-1-12 mv /root/etcd.yaml ${MANIFESTS}/`);
  at.wait(120);
  expect(at.type("etcdctl put a b")).toBe("OK\n");
  expect(at.type("kubectl get nodes --no-headers | grep -c ' Ready '")).toBe("3\n");
});

test("a second voter that never starts takes the quorum away, and the first can be made the only one again", () => {
  const at = new Operator();
  at.type(JOIN);
  expect(at.type("etcdctl member add two --peer-urls=https://10.0.1.11:2380")).toContain(" added to cluster ");
  at.wait(5);
  expect(at.type("etcdctl put a b")).toContain("context deadline exceeded");
  expect(at.type("etcdctl endpoint status | cut -d, -f9,14")).toBe(" false, etcdserver: no leader\n");
  at.type(`sed -i 's/^    - etcd$/    - etcd\\n    - --force-new-cluster/' ${MANIFESTS}/etcd.yaml`);
  at.wait(60);
  expect(at.type("etcdctl member list | cut -d, -f2,3")).toBe(" started, ip-10-0-1-10\n");
  expect(at.type("kubectl get nodes --no-headers | grep -c ' Ready '")).toBe("3\n");
});
