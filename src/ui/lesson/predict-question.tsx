import { Circle, CircleCheck, CircleX } from "lucide-react";
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
      {done ? <Answers predict={predict} chosen={chosen} /> : <Choices predict={predict} chosen={chosen} />}
      {!done && <p className="quiet">{option === undefined ? TEXTS.notPredicted : TEXTS.predicted}</p>}
      {done && <Outcome predict={predict} chosen={chosen} />}
    </fieldset>
  );
}

interface PredictProps {
  readonly predict: Predict;
  readonly chosen: string | undefined;
}

function Choices({ predict, chosen }: PredictProps) {
  return predict.options.map(({ id, text }) => (
    <label key={id} className="option">
      <input type="radio" name={predict.id} checked={id === chosen} onChange={() => choosePrediction(predict.id, id)} />
      <span>
        <Sentence content={readSentence(text)} />
      </span>
    </label>
  ));
}

/** The same choices when nothing is left to choose: which came true, and which was one's own. */
function Answers({ predict, chosen }: PredictProps) {
  return (
    <ul>
      {predict.options.map(({ id, text, right }) => {
        const wrong = !right && id === chosen;
        const Icon = right ? CircleCheck : wrong ? CircleX : Circle;
        return (
          <li key={id} className={right ? "option right" : wrong ? "option wrong" : "option"}>
            <Icon size={16} aria-hidden="true" />
            <span>
              <Sentence content={readSentence(text)} />
              {id === chosen && <span className="mine"> ({TEXTS.predictedMine})</span>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** What is said to the chosen option, and what came true. */
function Outcome({ predict, chosen }: PredictProps) {
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
          <Sentence content={readSentence(right.say)} />
        </p>
      )}
    </div>
  );
}
