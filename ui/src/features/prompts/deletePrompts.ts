import { graphql } from "@/gql";

export const DeletePromptsMutation = graphql(`
  mutation DeletePrompts($ids: [ID!]!) {
    deletePrompts(ids: $ids)
  }
`);
