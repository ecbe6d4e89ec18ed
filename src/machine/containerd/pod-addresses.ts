/** Gives pods addresses of the node's network in turn, as the host-local CNI plugin does; .1 is the bridge. */
export class PodAddresses {
  private network: number;
  private hosts: number;
  private last: number;

  constructor(cidr: string, last: number) {
    [this.network, this.hosts] = parseCidr(cidr);
    this.last = last;
  }

  /** The last one given, as a number in the network: what must survive. */
  get position(): number {
    return this.last;
  }

  setCidr(cidr: string): void {
    const [network, hosts] = parseCidr(cidr);
    if (network === this.network && hosts === this.hosts) return;
    this.network = network;
    this.hosts = hosts;
    this.last = 1;
  }

  /** The next free address, or undefined when all are in use. */
  take(inUse: ReadonlySet<string>): string | undefined {
    for (let tried = 0; tried < this.hosts; tried++) {
      this.last = this.last >= this.hosts - 2 ? 2 : this.last + 1;
      const address = dotted(this.network + this.last);
      if (!inUse.has(address)) return address;
    }
    return undefined;
  }
}

function parseCidr(cidr: string): [network: number, hosts: number] {
  const [address = "10.244.0.0", bits = "24"] = cidr.split("/");
  const hosts = 2 ** (32 - Math.min(30, Math.max(8, Number(bits) || 24)));
  const whole = address.split(".").reduce((sum, part) => sum * 256 + (Number(part) || 0), 0);
  return [Math.floor(whole / hosts) * hosts, hosts];
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
