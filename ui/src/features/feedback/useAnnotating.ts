import type { TypedDocumentNode } from "@urql/core";
import { useClient, useQuery } from "urql";
import type { Target } from "@/entities/details/target";
import { type DocumentType, graphql } from "@/gql";
import type { ScoreInput } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";

const AnnotatingQuery = graphql(`
  query Annotating($id: ID!, $isTrace: Boolean!, $isSpan: Boolean!, $isThread: Boolean!) {
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
    thread(id: $id) @include(if: $isThread) {
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

const ScoreThreadMutation = graphql(`
  mutation ScoreThread($id: ID!, $score: ScoreInput!) {
    scoreThread(id: $id, score: $score) {
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

const ClearThreadScoreMutation = graphql(`
  mutation ClearThreadScore($id: ID!, $name: String!) {
    clearThreadScore(id: $id, name: $name) {
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

type Giving = TypedDocumentNode<unknown, { id: string; score: ScoreInput }>;
type Clearing = TypedDocumentNode<unknown, { id: string; name: string }>;

const MUTATIONS: Record<Target["kind"], { give: Giving; clear: Clearing }> = {
  TRACE: { give: ScoreTraceMutation, clear: ClearTraceScoreMutation },
  SPAN: { give: ScoreSpanMutation, clear: ClearSpanScoreMutation },
  THREAD: { give: ScoreThreadMutation, clear: ClearThreadScoreMutation },
};

/** What can be said of a trace, span or thread, what was said, and ways to say and to take back. */
export function useAnnotating({ kind, id }: Target) {
  const client = useClient();
  const [{ data, error }, read] = useQuery({
    query: AnnotatingQuery,
    variables: { id, isTrace: kind === "TRACE", isSpan: kind === "SPAN", isThread: kind === "THREAD" },
    requestPolicy: "cache-and-network",
  });
  const scores: readonly GivenScore[] = (data?.trace ?? data?.span ?? data?.thread)?.feedbackScores ?? [];

  const send = async (name: string, score: GivenScore | null) => {
    const { give, clear } = MUTATIONS[kind];
    return score ? client.mutation(give, { id, score }).toPromise() : client.mutation(clear, { id, name }).toPromise();
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
