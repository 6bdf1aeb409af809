import { graphql } from "@/gql";

export const DeleteAlertsMutation = graphql(`
  mutation DeleteAlerts($ids: [ID!]!) {
    deleteAlerts(ids: $ids)
  }
`);
