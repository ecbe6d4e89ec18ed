import type { FlagSpec } from "../../base/cli/flag.ts";
import { type EtcdctlProfile, is35 } from "./profile.ts";

const FORMATS = ["fields", "json", "protobuf", "simple", "table"];

/** etcdctl's global flags (etcdctl/ctlv3/ctl.go). Each but --help also reads `ETCDCTL_<NAME>`. */
export function globalFlags(profile: EtcdctlProfile): readonly FlagSpec[] {
  const flags: FlagSpec[] = [
    { name: "endpoints", type: "stringSlice", default: ["127.0.0.1:2379"], usage: "gRPC endpoints" },
    { name: "debug", type: "bool", usage: "log what the client does" },
    {
      name: "write-out",
      shorthand: "w",
      type: "string",
      default: "simple",
      usage: "the output format (fields, json, protobuf, simple, table)",
      values: FORMATS,
    },
    { name: "hex", type: "bool", usage: "print byte strings as hex" },
    { name: "dial-timeout", type: "duration", default: "2s", usage: "timeout for setting up a connection" },
    { name: "command-timeout", type: "duration", default: "5s", usage: "timeout for short commands (not dialing)" },
    { name: "keepalive-time", type: "duration", default: "2s", usage: "keepalive time for client connections" },
    { name: "keepalive-timeout", type: "duration", default: "6s", usage: "keepalive timeout for client connections" },
    { name: "insecure-transport", type: "bool", default: true, usage: "no transport security for client connections" },
    {
      name: "insecure-discovery",
      type: "bool",
      default: true,
      usage: "accept SRV records that name clusters without TLS",
    },
    {
      name: "insecure-skip-tls-verify",
      type: "bool",
      usage: "do not verify the server's certificate (only for tests)",
    },
    { name: "cert", type: "string", usage: "this client's TLS certificate file", files: [] },
    { name: "key", type: "string", usage: "this client's TLS key file", files: [] },
    { name: "cacert", type: "string", usage: "CA bundle that servers' certificates are verified with", files: [] },
    {
      name: "user",
      type: "string",
      usage: "user name[:password] to log in with (asks for the password when it is left out)",
    },
    { name: "password", type: "string", usage: "password to log in with (then --user holds the name alone)" },
    { name: "discovery-srv", shorthand: "d", type: "string", usage: "domain whose SRV records name the endpoints" },
    { name: "discovery-srv-name", type: "string", usage: "service name to query when using DNS discovery" },
  ];
  if (!is35(profile)) {
    flags.push(
      { name: "max-request-bytes", type: "int", usage: "largest request in bytes (0: 2 MiB)" },
      { name: "max-recv-bytes", type: "int", usage: "largest response in bytes (0: no limit)" },
    );
  }
  return flags.map((flag) => ({ ...flag, persistent: true }));
}
