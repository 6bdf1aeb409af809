import { useEffect, useEffectEvent } from "react";
import { useQuery } from "urql";
import { ChartFrame } from "@/components/charts/ChartFrame";
import { colorOf } from "@/components/charts/chart";
import { LazySequenceChart } from "@/components/charts/LazySequenceChart";
import { type DocumentType, graphql } from "@/gql";
import type { ExperimentKind } from "@/gql/graphql";
import { formatInstant, formatScore } from "@/lib/format";

const ExperimentScoresQuery = graphql(`
  query ExperimentScores($projectId: ID!, $datasetId: ID!, $kinds: [ExperimentKind!], $filter: String, $first: Int!) {
    experiments(projectId: $projectId, datasetId: $datasetId, kinds: $kinds, filter: $filter, first: $first) {
      nodes {
        id
        name
        createdAt
        scores {
          name
          value
        }
        figures {
          passRate
          feedbackScores {
            name
            value
          }
        }
      }
      totalCount
    }
  }
`);

type Scored = DocumentType<typeof ExperimentScoresQuery>["experiments"]["nodes"][number];

type ScoresChartProps = {
  projectId: string;
  datasetId: string;
  filter: string;
  hasTrials: boolean;
  /** Grows when the experiments have changed. */
  revision: number;
  onChoose: (id: string) => void;
};

const EXPERIMENTS_SHOWN = 100;
const SERIES_MAX = 6;
const CHART_PX = 240;

/** How the scores over a dataset went from one experiment to the next. */
export function ScoresChart({ projectId, datasetId, filter, hasTrials, revision, onChoose }: ScoresChartProps) {
  const kinds: ExperimentKind[] | null = hasTrials ? null : ["REGULAR"];
  const [{ data }, read] = useQuery({
    query: ExperimentScoresQuery,
    variables: { projectId, datasetId, kinds, filter: filter || null, first: EXPERIMENTS_SHOWN },
    requestPolicy: "cache-and-network",
  });
  const readAgain = useEffectEvent(() => read({ requestPolicy: "network-only" }));
  useEffect(() => {
    if (revision > 0) readAgain();
  }, [revision]);
  const experiments = data?.experiments.nodes.toReversed() ?? [];
  const names = [...new Set(experiments.flatMap((experiment) => [...valuesOf(experiment).keys()]))];
  if (experiments.length < 2 || names.length === 0) return null;
  const shown = names.slice(0, SERIES_MAX);
  const places = experiments.map((experiment) => {
    const values = valuesOf(experiment);
    return {
      id: experiment.id,
      label: experiment.name,
      title: experiment.name,
      note: formatInstant(experiment.createdAt).slice(0, 16),
      values: shown.map((name) => values.get(name) ?? null),
    };
  });
  const series = shown.map((label, at) => ({ label, color: colorOf(at), shape: "line" as const }));
  const all = data?.experiments.totalCount ?? 0;
  const cuts = [
    all > experiments.length && `the newest ${experiments.length} of ${all} experiments`,
    names.length > shown.length && `${shown.length} of ${names.length} scores`,
  ].filter(Boolean);
  const lines = () => [
    ["experiment", "created (UTC)", ...names],
    ...experiments.map((experiment) => {
      const values = valuesOf(experiment);
      return [experiment.name, experiment.createdAt, ...names.map((name) => values.get(name))];
    }),
  ];
  return (
    <ChartFrame title="Scores over experiments" value={cuts.join(", ")} series={series} lines={lines}>
      <LazySequenceChart
        label="Scores over experiments"
        height={CHART_PX}
        places={places}
        series={series}
        format={formatScore}
        onChoose={onChoose}
      />
    </ChartFrame>
  );
}

function valuesOf({ scores, figures }: Scored): Map<string, number> {
  const values = new Map([...scores, ...figures.feedbackScores].map(({ name, value }) => [name, value]));
  if (figures.passRate != null) values.set("passed", figures.passRate);
  return values;
}
