/** Of the heading of the step that is read. */
export const STEP_TITLE = "step-title";

/** Brings whoever works by keys to the step that is shown now, once it is drawn; nobody is taken out of a terminal. */
export function focusStepTitle(): void {
  setTimeout(() => {
    const { activeElement } = document;
    const title = document.getElementById(STEP_TITLE);
    if (activeElement === document.body || activeElement?.closest(".lesson-view") != null) title?.focus();
  });
}
