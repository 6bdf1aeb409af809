import { X } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import segmented from "@/components/Segmented.module.css";
import { byValue } from "@/entities/definitions/byValue";
import { nounOf, type Target } from "@/entities/details/target";
import { type GivenScore, type JudgedDefinition, useAnnotating } from "@/features/feedback/useAnnotating";
import { formatScore } from "@/lib/format";
import styles from "./Annotate.module.css";

type AnnotateProps = {
  target: Target;
  /** The definitions that are asked for; all, if there is none. */
  names?: readonly string[];
  /** Where one goes to make definitions. */
  settings: ReactNode;
  /** Absent where it stays open. */
  onClose?: () => void;
};

/** Says of a trace, span or thread what the definitions allow: one press or one number each, and why. */
export function Annotate({ target, names = [], settings, onClose }: AnnotateProps) {
  const { definitions, scores, give, failure, refresh } = useAnnotating(target);
  const asked = definitions?.filter(({ name }) => names.length === 0 || names.includes(name));
  const isDefined = (name: string) => definitions?.some((definition) => definition.name === name) ?? true;
  const others = names.length === 0 ? scores.filter(({ name }) => !isDefined(name)) : [];
  return (
    <section
      className={styles.panel}
      aria-label="Annotate"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !onClose) return;
        event.preventDefault();
        // A dialog around it stays open.
        event.stopPropagation();
        onClose();
      }}
    >
      <header>
        <h2>Annotate this {nounOf(target)}</h2>
        {onClose && (
          <IconButton label="Close annotation" onPress={onClose}>
            <X aria-hidden />
          </IconButton>
        )}
      </header>
      <Found what="feedback definitions" value={asked} failure={failure} onRetry={refresh}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState title="No feedback definitions" actions={settings}>
              They say what can be said of a {nounOf(target)}.
            </EmptyState>
          ) : (
            found.map((definition, at) => (
              <Judgement
                key={definition.id}
                isFirst={at === 0}
                definition={definition}
                score={scores.find(({ name }) => name === definition.name) ?? null}
                onGive={(score) => give(definition.name, score)}
              />
            ))
          )
        }
      </Found>
      {others.map((score) => (
        <Undefined key={score.name} score={score} onTake={() => give(score.name, null)} />
      ))}
    </section>
  );
}

type UndefinedProps = { score: GivenScore; onTake: () => void };

/** What programs said under a name of their own can be taken away, and that is all. */
function Undefined({ score: { name, value, categoryName }, onTake }: UndefinedProps) {
  return (
    <fieldset className={styles.judgement}>
      <legend>{name}</legend>
      <div className={styles.value}>
        {categoryName ?? formatScore(value)}
        <IconButton label={`Take ${name} away`} onPress={onTake}>
          <X aria-hidden />
        </IconButton>
      </div>
    </fieldset>
  );
}

type JudgementProps = {
  definition: JudgedDefinition;
  score: GivenScore | null;
  isFirst: boolean;
  onGive: (score: GivenScore | null) => void;
};

function Judgement({ definition, score, isFirst, onGive }: JudgementProps) {
  const { name, description, details } = definition;
  const id = useId();
  return (
    <fieldset className={styles.judgement} aria-describedby={description ? id : undefined}>
      <legend>{name}</legend>
      {description && <p id={id}>{description}</p>}
      <div className={styles.value}>
        {"min" in details ? (
          <NumberInput {...{ name, details, score, isFirst, onGive }} />
        ) : (
          <Words name={name} words={wordsOf(details)} score={score} isFirst={isFirst} onGive={onGive} />
        )}
        {score && (
          <IconButton label={`Take ${name} away`} onPress={() => onGive(null)}>
            <X aria-hidden />
          </IconButton>
        )}
      </div>
      {score && <Reason key={score.reason} score={score} onGive={onGive} />}
    </fieldset>
  );
}

type Details = JudgedDefinition["details"];
type Word = { label: string; value: number; isCategory: boolean };

function wordsOf(details: Exclude<Details, { min: number }>): Word[] {
  if ("categories" in details) return byValue(details.categories).map((word) => ({ ...word, isCategory: true }));
  return [
    { label: details.trueLabel, value: 1, isCategory: false },
    { label: details.falseLabel, value: 0, isCategory: false },
  ];
}

type WordsProps = Pick<JudgementProps, "score" | "isFirst" | "onGive"> & { name: string; words: readonly Word[] };

function Words({ name, words, score, isFirst, onGive }: WordsProps) {
  const chosen = words.find(({ value }) => value === score?.value);
  return (
    <ToggleButtonGroup
      aria-label={name}
      className={segmented.group ?? ""}
      selectedKeys={chosen ? [chosen.label] : []}
      onSelectionChange={(keys) => {
        const word = words.find(({ label }) => keys.has(label));
        if (!word) return onGive(null);
        const categoryName = word.isCategory ? word.label : null;
        onGive({ name, value: word.value, categoryName, reason: score?.reason ?? null });
      }}
    >
      {words.map(({ label }, at) => (
        <ToggleButton key={label} id={label} autoFocus={isFirst && at === 0} className={segmented.option ?? ""}>
          {label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

type NumberInputProps = Pick<JudgementProps, "score" | "isFirst" | "onGive"> & {
  name: string;
  details: { min: number; max: number };
};

function NumberInput({ name, details: { min, max }, score, isFirst, onGive }: NumberInputProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const shown = draft ?? (score ? formatScore(score.value) : "");
  const value = Number(shown);
  const isWrong = shown.trim() !== "" && !(value >= min && value <= max);
  const commit = () => {
    if (draft === null || isWrong || draft.trim() === "") return;
    setDraft(null);
    if (value !== score?.value) onGive({ name, value, reason: score?.reason ?? null });
  };
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the panel was opened to write here
        autoFocus={isFirst}
        inputMode="decimal"
        autoComplete="off"
        aria-label={name}
        aria-invalid={isWrong || undefined}
        value={shown}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
        }}
      />
      <span className={styles.range}>
        {min} to {max}
      </span>
      {draft !== null && (
        <Button isDisabled={isWrong || draft.trim() === ""} onPress={commit}>
          Give
        </Button>
      )}
    </>
  );
}

function Reason({ score, onGive }: { score: GivenScore; onGive: (score: GivenScore) => void }) {
  const [reason, setReason] = useState(score.reason ?? "");
  const commit = () => {
    if (reason.trim() === (score.reason ?? "")) return;
    const { name, value, categoryName } = score;
    onGive({ name, value, categoryName, reason: reason.trim() || null });
  };
  return (
    <input
      className={styles.reason}
      aria-label={`Why this ${score.name}`}
      placeholder="Why (optional)"
      autoComplete="off"
      value={reason}
      onChange={(event) => setReason(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
      }}
    />
  );
}
