import { graphql } from "@/gql";

export const DeleteDashboardsMutation = graphql(`
  mutation DeleteDashboards($ids: [ID!]!) {
    deleteDashboards(ids: $ids)
  }
`);
