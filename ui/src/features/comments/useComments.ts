import type { TypedDocumentNode } from "@urql/core";
import { useClient, useMutation } from "urql";
import type { Target } from "@/entities/details/target";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";
import { useWatched } from "@/lib/useWatched";

const CommentsQuery = graphql(`
  query Comments($id: ID!, $isTrace: Boolean!, $isSpan: Boolean!, $isThread: Boolean!) {
    trace(id: $id) @include(if: $isTrace) {
      id
      comments {
        id
        text
        createdAt
        createdBy
        lastUpdatedAt
      }
    }
    span(id: $id) @include(if: $isSpan) {
      id
      comments {
        id
        text
        createdAt
        createdBy
        lastUpdatedAt
      }
    }
    thread(id: $id) @include(if: $isThread) {
      id
      comments {
        id
        text
        createdAt
        createdBy
        lastUpdatedAt
      }
    }
  }
`);

const CommentOnTraceMutation = graphql(`
  mutation CommentOnTrace($id: ID!, $text: String!) {
    target: commentOnTrace(id: $id, text: $text) {
      id
      comments {
        id
        text
      }
    }
  }
`);

const CommentOnSpanMutation = graphql(`
  mutation CommentOnSpan($id: ID!, $text: String!) {
    target: commentOnSpan(id: $id, text: $text) {
      id
      comments {
        id
        text
      }
    }
  }
`);

const CommentOnThreadMutation = graphql(`
  mutation CommentOnThread($id: ID!, $text: String!) {
    target: commentOnThread(id: $id, text: $text) {
      id
      comments {
        id
        text
      }
    }
  }
`);

const EditCommentMutation = graphql(`
  mutation EditComment($id: ID!, $text: String!) {
    editComment(id: $id, text: $text) {
      id
      text
      lastUpdatedAt
    }
  }
`);

const DeleteCommentsMutation = graphql(`
  mutation DeleteComments($ids: [ID!]!) {
    deleteComments(ids: $ids)
  }
`);

export type Comment = NonNullable<DocumentType<typeof CommentsQuery>["trace"]>["comments"][number];

type Commented = { target: { comments: { id: string; text: string }[] } };

const WRITING: Record<Target["kind"], TypedDocumentNode<Commented, { id: string; text: string }>> = {
  TRACE: CommentOnTraceMutation,
  SPAN: CommentOnSpanMutation,
  THREAD: CommentOnThreadMutation,
};

/** What was written about a trace, span or thread, the oldest first, and ways to write. */
export function useComments({ kind, id }: Target) {
  const client = useClient();
  const { data, failure, refresh } = useWatched({
    query: CommentsQuery,
    variables: { id, isTrace: kind === "TRACE", isSpan: kind === "SPAN", isThread: kind === "THREAD" },
    of: { kinds: [kind], id },
  });
  const [, edit] = useMutation(EditCommentMutation);
  const [, remove] = useMutation(DeleteCommentsMutation);
  const showDeleted = useDeletionToast();
  /** Says what went wrong, if something did. */
  const settle = (answer: { error?: Parameters<typeof failureOf>[0] | undefined }) => {
    if (answer.error) return failureOf(answer.error).message;
    refresh();
    return null;
  };
  /** Says what was done, and offers the way back: that of this comment, whatever others wrote since. */
  const tell = (done: string, undone: string, takeBack: () => Promise<string | null>) =>
    showToast(done, async () => showToast((await takeBack()) ?? undone));
  return {
    comments: (data?.trace ?? data?.span ?? data?.thread)?.comments ?? null,
    failure,
    refresh,
    add: async (text: string) => {
      const answer = await client.mutation(WRITING[kind], { id, text }).toPromise();
      const said = settle(answer);
      const written = answer.data?.target.comments.findLast((comment) => comment.text === text);
      if (!written) return said;
      const takeBack = async () => settle(await remove({ ids: [written.id] }));
      tell("Added the comment.", "Took the comment back.", takeBack);
      return said;
    },
    edit: async ({ id: comment, text: before }: Comment, text: string) => {
      const write = async (next: string) => settle(await edit({ id: comment, text: next }));
      const said = await write(text);
      if (!said) tell("Changed the comment.", "The comment says again what it said.", () => write(before));
      return said;
    },
    remove: async ({ id: comment }: Comment) => {
      const said = settle(await remove({ ids: [comment] }));
      if (said) showToast(said);
      else showDeleted({ text: "Deleted the comment.", id, kind: "comment_deleted" });
    },
  };
}
