import { useMutation, useQuery } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";

const AnnotatingQuery = graphql(`
  query Annotating($id: ID!, $isTrace: Boolean!, $isSpan: Boolean!) {
    feedbackDefinitions {
      id
      name
      description
      details {
        ... on NumericalDetails {
          min
          max
        }
        ... on CategoricalDetails {
          categories {
            label
            value
          }
        }
        ... on BooleanDetails {
          trueLabel
          falseLabel
        }
      }
    }
    trace(id: $id) @include(if: $isTrace) {
      id
      feedbackScores {
        name
        value
        reason
        categoryName
      }
    }
    span(id: $id) @include(if: $isSpan) {
      id
      feedbackScores {
        name
        value
        reason
        categoryName
      }
    }
  }
`);

const ScoreTraceMutation = graphql(`
  mutation ScoreTrace($id: ID!, $score: ScoreInput!) {
    scoreTrace(id: $id, score: $score) {
      id
      feedbackScores {
        ...ScoreTable
      }
    }
  }
`);

const ScoreSpanMutation = graphql(`
  mutation ScoreSpan($id: ID!, $score: ScoreInput!) {
    scoreSpan(id: $id, score: $score) {
      id
      feedbackScores {
        ...ScoreTable
      }
    }
  }
`);

const ClearTraceScoreMutation = graphql(`
  mutation ClearTraceScore($id: ID!, $name: String!) {
    clearTraceScore(id: $id, name: $name) {
      id
      feedbackScores {
        ...ScoreTable
      }
    }
  }
`);

const ClearSpanScoreMutation = graphql(`
  mutation ClearSpanScore($id: ID!, $name: String!) {
    clearSpanScore(id: $id, name: $name) {
      id
      feedbackScores {
        ...ScoreTable
      }
    }
  }
`);

export type JudgedDefinition = DocumentType<typeof AnnotatingQuery>["feedbackDefinitions"][number];
export type GivenScore = {
  name: string;
  value: number;
  reason?: string | null | undefined;
  categoryName?: string | null | undefined;
};
export type Target = { kind: "TRACE" | "SPAN"; id: string };

/** What can be said of a trace or span, what was said, and ways to say and to take back. */
export function useAnnotating({ kind, id }: Target) {
  const isTrace = kind === "TRACE";
  const [{ data, error }, read] = useQuery({
    query: AnnotatingQuery,
    variables: { id, isTrace, isSpan: !isTrace },
    requestPolicy: "cache-and-network",
  });
  const [, scoreTrace] = useMutation(ScoreTraceMutation);
  const [, scoreSpan] = useMutation(ScoreSpanMutation);
  const [, clearTrace] = useMutation(ClearTraceScoreMutation);
  const [, clearSpan] = useMutation(ClearSpanScoreMutation);
  const scores: readonly GivenScore[] = (isTrace ? data?.trace : data?.span)?.feedbackScores ?? [];

  const send = async (name: string, score: GivenScore | null) => {
    if (!score) return isTrace ? clearTrace({ id, name }) : clearSpan({ id, name });
    return isTrace ? scoreTrace({ id, score }) : scoreSpan({ id, score });
  };
  /** Null takes the score away. */
  const give = async (name: string, score: GivenScore | null) => {
    const before = scores.find((other) => other.name === name) ?? null;
    const answer = await send(name, score);
    if (answer.error) return showToast(failureOf(answer.error).message);
    const said = score ? `${name}: ${score.categoryName ?? score.value}` : `Took ${name} away.`;
    showToast(said, () => send(name, before && plain(before)));
  };
  return {
    definitions: data?.feedbackDefinitions ?? null,
    scores,
    give,
    failure: error && !data ? failureOf(error) : null,
    refresh: () => read({ requestPolicy: "network-only" }),
  };
}

/** As an input wants it, without what the cache adds. */
function plain({ name, value, reason, categoryName }: GivenScore): GivenScore {
  return { name, value, reason, categoryName };
}
