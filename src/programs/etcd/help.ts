import { environmentName } from "./flag-parser.ts";
import { FLAG_SECTIONS } from "./flags.ts";

/** What stands behind a wrong flag: etcd prints its short usage. */
export const USAGE = `Usage:

  etcd [flags]
    Start an etcd server.

  etcd --version
    Show the version of etcd.

  etcd -h | --help
    Show the help information about etcd.

  etcd --config-file
    Path to the server configuration file. Note that if a configuration file is provided, other command line flags and environment variables will be ignored.

  etcd gateway
    Run the stateless pass-through etcd TCP connection forwarding proxy.

  etcd grpc-proxy
    Run the stateless etcd v3 gRPC L7 reverse proxy.
`;

/** All flags with their defaults. */
export function flagsHelp(): string {
  return FLAG_SECTIONS.map(([section, rows]) => {
    const lines = rows.map(([name, kind, value]) => {
      const shown = kind === "bool" ? value : `'${value}'`;
      return `  --${name} ${shown}\n    (environment: ${environmentName(name)})`;
    });
    return `${section}:\n${lines.join("\n")}\n`;
  }).join("\n");
}
