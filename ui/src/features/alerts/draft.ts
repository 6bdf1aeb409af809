import { isScore, MEASURED } from "@/features/alerts/words";
import type { AlertDestination, AlertEventType, AlertInput } from "@/gql/graphql";

// An alert as it is written in the form, and what is sent of it. Pure.

export type ThresholdDraft = {
  key: string;
  scoreName: string;
  bound: string;
  windowSeconds: number;
  isBelow: boolean;
};

export type GroupDraft = { key: string; thresholds: readonly ThresholdDraft[] };

export type TriggerDraft = {
  eventType: AlertEventType;
  projectIds: readonly string[];
  guardrails: string;
  groups: readonly GroupDraft[];
};

export type EntryDraft = { key: string; name: string; value: string };

export type AlertDraft = {
  name: string;
  isEnabled: boolean;
  destination: AlertDestination;
  url: string;
  routingKey: string;
  /** Empty: as it was. */
  secret: string;
  isWithoutSecret: boolean;
  headers: readonly EntryDraft[];
  metadata: readonly { key: string; value: string }[];
  triggers: readonly TriggerDraft[];
  isEverywhere: boolean;
};

type Entry = { key: string; value: string };

export type Known = {
  name: string;
  isEnabled: boolean;
  destination: AlertDestination;
  url: string;
  headers: readonly Entry[];
  metadata: readonly Entry[];
  projectId?: string | null | undefined;
  triggers: readonly {
    eventType: AlertEventType;
    projectIds: readonly string[];
    guardrails: readonly string[];
    groups: readonly {
      thresholds: readonly {
        scoreName?: string | null | undefined;
        bound: number;
        windowSeconds: number;
        isBelow: boolean;
      }[];
    }[];
  }[];
};

const ROUTING_KEY = "routing_key";
export const PAGER_DUTY_URL = "https://events.pagerduty.com/v2/enqueue";
const HOUR_SECONDS = 3_600;

export const EMPTY_DRAFT: AlertDraft = {
  name: "",
  isEnabled: true,
  destination: "GENERAL",
  url: "",
  routingKey: "",
  secret: "",
  isWithoutSecret: false,
  headers: [],
  metadata: [],
  triggers: [],
  isEverywhere: false,
};

let lastKey = 0;
const newKey = (): string => {
  lastKey += 1;
  return `row-${lastKey}`;
};

export const newThreshold = (): ThresholdDraft => ({
  key: newKey(),
  scoreName: "",
  bound: "",
  windowSeconds: HOUR_SECONDS,
  isBelow: false,
});

export const newGroup = (): GroupDraft => ({ key: newKey(), thresholds: [newThreshold()] });

export const newEntry = (): EntryDraft => ({ key: newKey(), name: "", value: "" });

export const newTrigger = (eventType: AlertEventType): TriggerDraft => ({
  eventType,
  projectIds: [],
  guardrails: "",
  groups: MEASURED[eventType] ? [newGroup()] : [],
});

export function draftOf(alert: Known): AlertDraft {
  return {
    ...EMPTY_DRAFT,
    name: alert.name,
    isEnabled: alert.isEnabled,
    destination: alert.destination,
    url: alert.url,
    routingKey: alert.metadata.find(({ key }) => key === ROUTING_KEY)?.value ?? "",
    headers: alert.headers.map(({ key, value }) => ({ key: newKey(), name: key, value })),
    metadata: alert.metadata.filter(({ key }) => key !== ROUTING_KEY),
    isEverywhere: !alert.projectId,
    triggers: alert.triggers.map((trigger) => ({
      eventType: trigger.eventType,
      projectIds: trigger.projectIds,
      guardrails: trigger.guardrails.join(", "),
      groups: trigger.groups.map(({ thresholds }) => ({
        key: newKey(),
        thresholds: thresholds.map((threshold) => ({
          key: newKey(),
          scoreName: threshold.scoreName ?? "",
          bound: String(threshold.bound),
          windowSeconds: threshold.windowSeconds,
          isBelow: threshold.isBelow,
        })),
      })),
    })),
  };
}

/** What is sent, as far as one can tell whether it differs: the keys of rows mean nothing. */
export const isSame = (one: AlertDraft, other: AlertDraft): boolean =>
  JSON.stringify(one, withoutKeys) === JSON.stringify(other, withoutKeys);

function withoutKeys(name: string, value: unknown): unknown {
  return name === "key" && typeof value === "string" && value.startsWith("row-") ? undefined : value;
}

/** What cannot even be sent. */
export function problemOf(draft: AlertDraft): string | null {
  if (!draft.name.trim()) return "An alert needs a name.";
  if (!draft.url.trim()) return "Say where the message goes.";
  for (const trigger of draft.triggers) {
    const thresholds = trigger.groups.flatMap((group) => group.thresholds);
    if (thresholds.some(({ bound }) => !bound.trim() || !Number.isFinite(Number(bound)))) {
      return "A threshold is a number.";
    }
    if (isScore(trigger.eventType) && thresholds.some(({ scoreName }) => !scoreName.trim())) {
      return "Say which score is meant.";
    }
  }
  return null;
}

export function inputOf(draft: AlertDraft, projectId: string): AlertInput {
  const routingKey = draft.routingKey.trim();
  const isPaged = draft.destination === "PAGER_DUTY" && routingKey !== "";
  return {
    name: draft.name.trim(),
    isEnabled: draft.isEnabled,
    destination: draft.destination,
    url: draft.url.trim(),
    secret: draft.isWithoutSecret ? "" : draft.secret || null,
    headers: draft.headers
      .filter(({ name }) => name.trim() !== "")
      .map(({ name, value }) => ({ key: name.trim(), value: value.trim() })),
    metadata: [...draft.metadata, ...(isPaged ? [{ key: ROUTING_KEY, value: routingKey }] : [])],
    projectId: draft.isEverywhere ? null : projectId,
    triggers: draft.triggers.map((trigger) => ({
      eventType: trigger.eventType,
      // What is about one project cannot be about others.
      projectIds: draft.isEverywhere ? [...trigger.projectIds] : [],
      guardrails: trigger.guardrails
        .split(",")
        .map((name) => name.trim())
        .filter(Boolean),
      groups: trigger.groups.map((group) => ({
        thresholds: group.thresholds.map((threshold) => ({
          scoreName: isScore(trigger.eventType) ? threshold.scoreName.trim() : null,
          bound: Number(threshold.bound),
          windowSeconds: threshold.windowSeconds,
          isBelow: isScore(trigger.eventType) && threshold.isBelow,
        })),
      })),
    })),
  };
}
