import { expect, test } from "vitest";
import { configurationSum } from "../../../../src/programs/coredns/configuration-sum.ts";
import { parseCorefile } from "../../../../src/programs/coredns/corefile.ts";

/** kubeadm's Corefile of Kubernetes 1.35. */
const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

const sum = (text: string) => configurationSum(parseCorefile(text));

test("the sum of a configuration is the one that CoreDNS 1.13.1 logs", () => {
  expect(sum(COREFILE)).toBe(
    "1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b",
  );
});

test("it follows what is configured and its lines, not blanks and comments", () => {
  expect(sum(COREFILE.replace("ready", "ready   # asked for by the kubelet"))).toBe(sum(COREFILE));
  expect(sum(COREFILE.replace("ttl 30", "ttl 5"))).not.toBe(sum(COREFILE));
});
