import type { Predict } from "../../lessons/lesson.ts";
import { readSentence } from "../../lessons/markdown.ts";
import { choosePrediction, useLesson } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";
import { Sentence } from "./prose-view.tsx";

/** A question before the command: choices first, and when the checks have passed how it came out. */
export function PredictQuestion({ predict, done }: { predict: Predict; done: boolean }) {
  const chosen = useLesson((state) => state.progress.predictions[predict.id]);
  const option = predict.options.find(({ id }) => id === chosen);
  return (
    <fieldset className="predict">
      <legend>{TEXTS.predict}</legend>
      <p className="question">
        <Sentence content={readSentence(predict.question)} />
      </p>
      {predict.options.map(({ id, text, right }) => (
        <label key={id} className={done && right ? "right" : done && id === chosen ? "wrong" : ""}>
          <input
            type="radio"
            name={predict.id}
            checked={id === chosen}
            disabled={done}
            onChange={() => choosePrediction(predict.id, id)}
          />
          <span>
            <Sentence content={readSentence(text)} />
          </span>
        </label>
      ))}
      {!done && <p className="quiet">{option === undefined ? TEXTS.notPredicted : TEXTS.predicted}</p>}
      {done && <Outcome predict={predict} chosen={chosen} />}
    </fieldset>
  );
}

/** What is said to the chosen option, and what came true. */
function Outcome({ predict, chosen }: { predict: Predict; chosen: string | undefined }) {
  const right = predict.options.find((option) => option.right);
  const mine = predict.options.find(({ id }) => id === chosen);
  const wrong = mine !== undefined && !mine.right;
  return (
    <div className="outcome">
      {mine !== undefined && <strong>{mine.right ? TEXTS.predictedRight : TEXTS.predictedWrong}</strong>}
      {wrong && (
        <p>
          <Sentence content={readSentence(mine.say)} />
        </p>
      )}
      {right !== undefined && (
        <p>
          <Sentence content={readSentence(wrong ? right.text : right.say)} />
        </p>
      )}
    </div>
  );
}
