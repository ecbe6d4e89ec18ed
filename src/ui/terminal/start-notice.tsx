import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";

/** In the terminals' place: what a starting world is busy with, or why it did not start. */
export function StartNotice() {
  const status = useWorld((state) => state.status);
  const step = useWorld((state) => state.step);
  const failure = useWorld((state) => state.failure);
  if (status === "failed") {
    return (
      <section className="terminals notice" role="alert">
        <h2>{TEXTS.startFailed}</h2>
        <p className="reason">{failure}</p>
        <button
          type="button"
          className="main-choice"
          onClick={() => location.reload() /* code that failed to load is loaded anew only by a new page */}
        >
          {TEXTS.retry}
        </button>
      </section>
    );
  }
  return (
    <section className="terminals notice" role="status">
      <h2>{TEXTS.starting}</h2>
      <p>{step === undefined ? " " : TEXTS.steps[step]}</p>
      <div className="busy" aria-hidden="true" />
    </section>
  );
}
