import { type DocumentType, graphql } from "@/gql";

export const TraceRowFragment = graphql(`
  fragment TraceRow on Trace {
    id
    name
    startTime
    endTime
    durationMs
    inputPreview(chars: 240)
    outputPreview(chars: 240)
    values(paths: $paths)
    derived {
      name
      value
    }
    tags
    threadId
    environment
    source
    error {
      exceptionType
      message
    }
    totalTokens
    cost
    spanCount
    llmSpanCount
    providers
    feedbackScores {
      name
      value
    }
    spanFeedbackScores @include(if: $withSpanScores) {
      name
      value
    }
    experiments @include(if: $withExperiments) {
      id
      name
    }
    usage {
      key
      value
    }
    comments {
      id
    }
    guardrailChecks {
      name
      passed
    }
    createdBy
    lastUpdatedAt
  }
`);

export type TraceRow = DocumentType<typeof TraceRowFragment>;
