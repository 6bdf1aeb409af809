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
    commentOnTrace(id: $id, text: $text) {
      id
    }
  }
`);

const CommentOnSpanMutation = graphql(`
  mutation CommentOnSpan($id: ID!, $text: String!) {
    commentOnSpan(id: $id, text: $text) {
      id
    }
  }
`);

const CommentOnThreadMutation = graphql(`
  mutation CommentOnThread($id: ID!, $text: String!) {
    commentOnThread(id: $id, text: $text) {
      id
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

const WRITING: Record<Target["kind"], TypedDocumentNode<unknown, { id: string; text: string }>> = {
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
  return {
    comments: (data?.trace ?? data?.span ?? data?.thread)?.comments ?? null,
    failure,
    refresh,
    add: async (text: string) => settle(await client.mutation(WRITING[kind], { id, text }).toPromise()),
    edit: async (comment: string, text: string) => settle(await edit({ id: comment, text })),
    remove: async ({ id: comment }: Comment) => {
      const said = settle(await remove({ ids: [comment] }));
      if (said) showToast(said);
      else showDeleted({ text: "Deleted the comment.", id, kind: "comment_deleted" });
    },
  };
}
