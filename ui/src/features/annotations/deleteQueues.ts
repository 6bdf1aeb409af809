import { graphql } from "@/gql";

export const DeleteAnnotationQueuesMutation = graphql(`
  mutation DeleteAnnotationQueues($ids: [ID!]!) {
    deleteAnnotationQueues(ids: $ids)
  }
`);
