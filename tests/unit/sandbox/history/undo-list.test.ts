import fc from "fast-check";
import { expect, test } from "vitest";
import { UndoList } from "../../../../src/sandbox/history/undo-list.ts";

/** The plainest undo there is: all states one after the other, and where we are. */
class Model {
  states: number[] = [0];
  at = 0;
  change(state: number): void {
    this.states = [...this.states.slice(0, this.at + 1), state];
    this.at++;
  }
  undo(): boolean {
    if (this.at === 0) return false;
    this.at--;
    return true;
  }
  redo(): boolean {
    if (this.at === this.states.length - 1) return false;
    this.at++;
    return true;
  }
  get state(): number {
    return this.states[this.at] ?? -1;
  }
}

const move = fc.constantFrom("change", "nothing", "undo", "redo");

test("does what a list of all states does, and a step that is taken back leaves no trace", () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const list = new UndoList<number>(1000);
      const model = new Model();
      let state = 0;
      let next = 1;
      for (const kind of moves) {
        if (kind === "change") {
          list.add({ id: next, kind: "command", name: "", at: 0, before: state });
          state = next++;
          model.change(state);
        } else if (kind === "nothing") {
          list.add({ id: next, kind: "command", name: "", at: 0, before: state });
          list.retract(next++);
        } else {
          const image = kind === "undo" ? list.undo(state) : list.redo();
          expect(image !== undefined).toBe(model[kind]());
          state = image ?? state;
        }
        expect(state).toBe(model.state);
        expect([list.undoable !== undefined, list.redoable !== undefined]).toEqual([
          model.at > 0,
          model.at < model.states.length - 1,
        ]);
      }
    }),
  );
});

test("keeps a bounded number of steps, the newest", () => {
  const list = new UndoList<number>(3);
  for (let id = 1; id <= 5; id++) list.add({ id, kind: "command", name: "", at: 0, before: id - 1 });
  expect([list.undo(5), list.undo(4), list.undo(3), list.undo(2)]).toEqual([4, 3, 2, undefined]);
});
