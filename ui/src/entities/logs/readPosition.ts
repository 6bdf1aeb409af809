import type { Client } from "@urql/core";
import { graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";

const PositionQuery = graphql(`
  query LogPosition {
    server {
      position
    }
  }
`);

/**
 * Where a list is followed from: to be read before its first page, as a position within the same answer may be of a later
 * moment. What is written in between is so told twice rather than not at all.
 */
export async function readPosition(client: Client): Promise<string> {
  return (await askAnew(client, PositionQuery, {})).server.position;
}
