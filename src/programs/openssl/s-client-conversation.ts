import { type TlsChannel, TlsError } from "../../pki/tls-config.ts";
import { type Frame, NetError } from "../../sim/channel.ts";
import { bodyBytes, isHttp } from "../../sim/http.ts";
import { Queue } from "../../sim/signal.ts";
import type { Task } from "../../sim/task.ts";
import type { Run } from "./run.ts";

type Happening =
  | { readonly kind: "typed"; readonly data: Uint8Array | undefined }
  | { readonly kind: "received"; readonly frame: Frame | undefined }
  | { readonly kind: "broken"; readonly error: TlsError | NetError };

/** Sends what is typed and prints what comes, until one side ends. `stay`: standard input's end is no reason to go. */
export function* converse(run: Run, tls: TlsChannel, stay: boolean): Task<number> {
  const happenings = new Queue<Happening>();
  run.process.tasks.spawn("s_client/stdin", readTyped(run, happenings));
  run.process.tasks.spawn("s_client/peer", readPeer(tls, happenings));
  for (;;) {
    const happening = yield* happenings.take();
    if (happening === undefined) return 0;
    if (happening.kind === "broken") {
      yield* run.complain(complaint(run, happening.error));
      return 1;
    }
    if (happening.kind === "received") {
      if (happening.frame === undefined) {
        yield* run.complain("closed\n");
        return 0;
      }
      yield* printFrame(run, happening.frame);
    } else if (happening.data === undefined) {
      if (stay) continue;
      yield* run.complain("DONE\n");
      tls.close();
      return 0;
    } else tls.send({ protocol: "raw", size: happening.data.length });
  }
}

function* readTyped(run: Run, happenings: Queue<Happening>): Task<void> {
  for (;;) {
    const data = yield* run.process.stdin.read();
    const quits = data !== undefined && data[0] === 0x51 && data[1] === 0x0a;
    happenings.push({ kind: "typed", data: quits ? undefined : data });
    if (data === undefined || quits) return;
  }
}

function* readPeer(tls: TlsChannel, happenings: Queue<Happening>): Task<void> {
  try {
    for (;;) {
      const frame = yield* tls.receive();
      happenings.push({ kind: "received", frame });
      if (frame === undefined) return;
    }
  } catch (error) {
    if (!(error instanceof TlsError || error instanceof NetError)) throw error;
    happenings.push({ kind: "broken", error });
  }
}

function* printFrame(run: Run, frame: Frame): Task<void> {
  if (!isHttp(frame) || frame.http !== "response" || frame.body === "stream") return;
  yield* run.process.stdout.write(bodyBytes(frame.body));
}

const ALERTS: Readonly<Record<string, readonly [code: string, text: string, number: number]>> = {
  "certificate required": ["0A00045C", "tlsv13 alert certificate required", 116],
  "bad certificate": ["0A000412", "sslv3 alert bad certificate", 42],
  "expired certificate": ["0A000415", "sslv3 alert certificate expired", 45],
  "unknown certificate authority": ["0A000418", "tlsv1 alert unknown ca", 48],
  "internal error": ["0A000438", "tlsv1 alert internal error", 80],
};

function complaint(run: Run, error: TlsError | NetError): string {
  const alert = error instanceof TlsError && error.alert !== undefined ? ALERTS[error.alert] : undefined;
  if (alert === undefined) return "read:errno=104\n";
  const [code, text, number] = alert;
  return run.queue(
    `${code}:SSL routines:ssl3_read_bytes:${text}:../ssl/record/rec_layer_s3.c:1602:SSL alert number ${number}`,
  );
}
