import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Clock } from "../../../src/sim/clock.ts";
import { Pump } from "../../../src/worker/pump.ts";

const pumps: Pump[] = [];

function pumpOf(
  clock: Clock,
  more: { breathMs?: number; onFault?: (error: unknown) => void; afterSlice?: () => void } = {},
): Pump {
  const pump = new Pump({ clock, afterSlice: () => {}, onFault: () => {}, ...more });
  pumps.push(pump);
  return pump;
}

/** The host's time: it goes on when a test says so, or when a step of the world takes some. */
let hostNow = 0;

/** A step that keeps the thread. */
function spin(ms: number): void {
  hostNow += ms;
}

/** Lets `ms` pass on the host, with the timers that come due. */
function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed++) {
    hostNow++;
    vi.advanceTimersByTime(1);
  }
}

beforeEach(() => {
  hostNow = 0;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.spyOn(performance, "now").mockImplementation(() => hostNow);
});

afterEach(() => {
  for (const pump of pumps.splice(0)) pump.stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("the pump", () => {
  test("world time follows real time", () => {
    const clock = new Clock(0);
    let ran = 0;
    clock.after(30, () => ran++);
    pumpOf(clock).start();
    pass(29);
    expect(ran).toBe(0);
    pass(1);
    expect(ran).toBe(1);
    expect(clock.now).toBe(30);
  });

  test("time that stands still lets be done what is due now, and nothing later; then it goes on from there", () => {
    const clock = new Clock(0);
    const ran: string[] = [];
    const pump = pumpOf(clock);
    pump.start();
    pump.setSpeed(0);
    const stood = clock.now;
    clock.after(0, () => ran.push("now"));
    clock.after(5, () => ran.push("later"));
    pump.kick();
    pass(40);
    expect(clock.now).toBe(stood);
    expect(ran).toEqual(["now"]);
    pump.setSpeed(100);
    pass(10);
    expect(ran).toEqual(["now", "later"]);
    pass(490);
    expect(clock.now).toBeGreaterThan(stood + 100 * 250);
  });

  test("endless work leaves the thread after a slice, and the world's time slows down", () => {
    const clock = new Clock(0);
    const again = () => {
      spin(1);
      clock.after(0, again);
    };
    clock.after(0, again);
    pumpOf(clock, { breathMs: 1 }).start();
    expect(hostNow).toBeLessThan(20);
    pass(50);
    expect(hostNow).toBeGreaterThan(300);
    expect(clock.now).toBeLessThan(50);
  });

  test("what a step throws is told, and the world goes on", () => {
    const clock = new Clock(0);
    const faults: unknown[] = [];
    let ran = 0;
    clock.after(0, () => {
      throw new Error("a defect");
    });
    clock.after(0, () => ran++);
    pumpOf(clock, { onFault: (error) => faults.push(error) }).start();
    expect([faults.length, ran]).toEqual([1, 1]);
  });

  test("a clock that is set back does not make the world run after the old time", () => {
    const clock = new Clock(1_000_000);
    clock.after(0, () => clock.set(0));
    clock.after(1, function tick() {
      clock.after(1, tick);
    });
    pumpOf(clock).start();
    expect(clock.now).toBeLessThan(1000);
  });

  test("nothing runs while the world is held or after it was stopped", () => {
    const clock = new Clock(0);
    let ran = 0;
    clock.after(0, () => ran++);
    const pump = pumpOf(clock);
    pump.hold(true);
    pump.kick();
    expect(ran).toBe(0);
    pump.hold(false);
    expect(ran).toBe(1);
    clock.after(0, () => ran++);
    pump.stop();
    pump.kick();
    expect(ran).toBe(1);
  });
});
