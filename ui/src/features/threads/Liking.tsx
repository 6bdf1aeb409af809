import { ThumbsDown, ThumbsUp } from "lucide-react";
import type { ReactNode } from "react";
import { useClient } from "urql";
import { IconButton } from "@/components/IconButton";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";

const LikeTurnMutation = graphql(`
  mutation LikeTurn($id: ID!, $score: ScoreInput!) {
    scoreTrace(id: $id, score: $score) {
      id
      feedbackScores {
        name
        value
        categoryName
        reason
      }
    }
  }
`);

const TakeLikeMutation = graphql(`
  mutation TakeLike($id: ID!, $name: String!) {
    clearTraceScore(id: $id, name: $name) {
      id
      feedbackScores {
        name
        value
        categoryName
        reason
      }
    }
  }
`);

/** The definition that every workspace has. */
const NAME = "User feedback";
const LIKED = { value: 1, categoryName: "👍" };
const DISLIKED = { value: 0, categoryName: "👎" };

type Judgement = { value: number; categoryName?: string | null | undefined; reason?: string | null | undefined };

type LikingProps = {
  traceId: string;
  number: number;
  scores: readonly ({ name: string } & Judgement)[];
};

/** Whether a turn went well: one press says so, and another takes it back. */
export function Liking({ traceId: id, number, scores }: LikingProps) {
  const client = useClient();
  const given = scores.find(({ name }) => name === NAME) ?? null;
  const send = ({ value, categoryName, reason }: Judgement) =>
    client.mutation(LikeTurnMutation, { id, score: { name: NAME, value, categoryName, reason } }).toPromise();
  const say = (judgement: Judgement | null) =>
    judgement ? send(judgement) : client.mutation(TakeLikeMutation, { id, name: NAME }).toPromise();
  const judge = async (judgement: Judgement | null) => {
    const { error } = await say(judgement);
    if (error) return showToast(failureOf(error).message);
    showToast(
      judgement ? `Turn ${number}: ${judgement.categoryName}` : `Took the judgement of turn ${number} away.`,
      () => say(given),
    );
  };
  const button = (label: string, judgement: typeof LIKED, icon: ReactNode) => {
    const isGiven = given?.value === judgement.value;
    return (
      <IconButton label={label} aria-pressed={isGiven} onPress={() => judge(isGiven ? null : judgement)}>
        {icon}
      </IconButton>
    );
  };
  return (
    <fieldset aria-label={`Judge turn ${number}`}>
      {button("Good answer", LIKED, <ThumbsUp aria-hidden />)}
      {button("Bad answer", DISLIKED, <ThumbsDown aria-hidden />)}
    </fieldset>
  );
}
