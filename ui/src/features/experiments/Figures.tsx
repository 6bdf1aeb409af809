import { useState } from "react";
import { Button } from "@/components/Button";
import { Scrollable } from "@/components/Scrollable";
import type { ComparisonLinks } from "@/features/experiments/Comparison";
import {
  formatMeasure,
  formatSigned,
  isClear,
  isUsual,
  labelOf,
  marginOf,
  outcomeOf,
} from "@/features/experiments/comparison";
import { ExperimentHead } from "@/features/experiments/ExperimentHead";
import { PromptVersions } from "@/features/experiments/PromptVersions";
import type { ComparedMeasure, Side } from "@/features/experiments/useComparison";
import { formatCount, formatScore } from "@/lib/format";
import styles from "./Comparison.module.css";

type FiguresProps = Pick<Parameters<typeof ExperimentHead>[0], "onIds" | "onTraces"> & {
  sides: readonly Side[];
  links: ComparisonLinks;
};

/** What each experiment comes to, and by how much its means differ from those of the first. */
export function Figures({ sides, links, onIds, onTraces }: FiguresProps) {
  const [isAll, setAll] = useState(false);
  const measures = sides[0]?.measures.map(({ measure }) => measure) ?? [];
  const shown = isAll ? measures : measures.filter(isUsual);
  const ids = sides.map(({ experiment }) => experiment.id);
  const isJudged = sides.some(({ experiment }) => experiment.figures.judgedCount > 0);
  return (
    <Scrollable label="Figures, scrollable" className={styles.scroll}>
      <table className={styles.table} aria-label="Figures">
        <thead>
          <tr>
            <th scope="col">Mean over items</th>
            {sides.map(({ experiment }, at) => (
              <th key={experiment.id} scope="col">
                <ExperimentHead
                  experiment={experiment}
                  isBaseline={at === 0 && ids.length > 1}
                  {...{ ids, onIds, onTraces }}
                />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sides.some(({ experiment }) => experiment.promptVersions.length > 0) && (
            <tr>
              <th scope="row">prompts</th>
              {sides.map(({ experiment: { id, promptVersions } }) => (
                <td key={id}>
                  <PromptVersions versions={promptVersions} link={links.prompt} />
                </td>
              ))}
            </tr>
          )}
          <tr>
            <th scope="row">items, traces</th>
            {sides.map(({ experiment: { id, figures } }) => (
              <td key={id}>
                {formatCount(figures.datasetItemCount)}, {formatCount(figures.traceCount)}
              </td>
            ))}
          </tr>
          {isJudged && (
            <tr>
              <th scope="row">passed</th>
              {sides.map(({ experiment: { id, figures } }) => (
                <td key={id}>
                  {figures.passRate == null ? (
                    "–"
                  ) : (
                    <>
                      <strong>{formatScore(100 * figures.passRate)}%</strong>{" "}
                      <span className={styles.none}>
                        {formatCount(figures.passedCount)} of {formatCount(figures.judgedCount)} items
                      </span>
                    </>
                  )}
                </td>
              ))}
            </tr>
          )}
          {wholeScoresOf(sides).map((name) => (
            <tr key={`whole ${name}`}>
              <th scope="row">
                {name} <small>of the whole</small>
              </th>
              {sides.map(({ experiment: { id, scores } }) => (
                <td key={id}>
                  <WholeScore score={scores.find((score) => score.name === name)} />
                </td>
              ))}
            </tr>
          ))}
          {shown.map((name) => (
            <tr key={name}>
              <th scope="row">{labelOf(name)}</th>
              {sides.map(({ experiment, measures: own }) => (
                <td key={experiment.id}>
                  <Value measure={own.find(({ measure }) => measure === name)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {measures.length > measures.filter(isUsual).length && (
        <p className={styles.cut}>
          <Button kind="quiet" onPress={() => setAll(!isAll)}>
            {isAll ? "Fewer measures" : `All ${formatCount(measures.length)} measures`}
          </Button>
        </p>
      )}
    </Scrollable>
  );
}

/** What whoever ran the experiments computed of each as a whole. */
const wholeScoresOf = (sides: readonly Side[]) => [
  ...new Set(sides.flatMap(({ experiment }) => experiment.scores.map(({ name }) => name))),
];

function WholeScore({ score }: { score: { value: number } | undefined }) {
  return score ? <strong>{formatScore(score.value)}</strong> : "–";
}

function Value({ measure }: { measure: ComparedMeasure | undefined }) {
  if (measure?.mean == null) return "–";
  const { measure: name, mean, count, interval, difference } = measure;
  const told =
    interval && `95% confidence: from ${formatMeasure(name, interval.low)} to ${formatMeasure(name, interval.high)}`;
  return (
    <>
      <strong title={[`Over ${formatCount(count)} items`, told].filter(Boolean).join("; ")}>
        {formatMeasure(name, mean)}
      </strong>{" "}
      {difference != null && <Difference measure={measure} difference={difference} />}
    </>
  );
}

function Difference({ measure, difference }: { measure: ComparedMeasure; difference: number }) {
  const { measure: name, differenceInterval, improvedCount, regressedCount } = measure;
  const margin = differenceInterval ? ` ± ${formatMeasure(name, marginOf(differenceInterval))}` : "";
  const clear = isClear(differenceInterval);
  return (
    <>
      <span
        className={styles.difference}
        data-change={outcomeOf(measure)}
        data-clear={clear || undefined}
        title={`With 95% confidence, by Welch's interval: ${clear ? "more than chance" : "within chance"}`}
      >
        {formatSigned(name, difference)}
        {margin}
      </span>{" "}
      <span className={styles.none}>
        {formatCount(improvedCount)} better, {formatCount(regressedCount)} worse
      </span>
    </>
  );
}
