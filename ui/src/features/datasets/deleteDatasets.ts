import { graphql } from "@/gql";

export const DeleteDatasetsMutation = graphql(`
  mutation DeleteDatasets($ids: [ID!]!) {
    deleteDatasets(ids: $ids)
  }
`);
