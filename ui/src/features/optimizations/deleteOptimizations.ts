import { graphql } from "@/gql";

export const DeleteOptimizationsMutation = graphql(`
  mutation DeleteOptimizations($ids: [ID!]!) {
    deleteOptimizations(ids: $ids)
  }
`);
