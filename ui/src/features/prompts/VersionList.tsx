import type { ReactNode } from "react";
import type { More } from "@/components/LoadMore";
import { TagList } from "@/components/TagList";
import { VersionRail } from "@/components/VersionRail";
import type { Version } from "@/features/prompts/usePrompt";

type VersionListProps = {
  versions: readonly Version[];
  /** Null if there are no older ones than these. */
  more: More | null;
  shownId: string;
  comparedId: string | null;
  onChoose: (id: string) => void;
  onCompare: (id: string) => void;
  children: ReactNode;
};

export function VersionList({ versions, ...props }: VersionListProps) {
  const rail = versions.map((version) => ({
    id: version.id,
    name: `v${version.number}`,
    code: version.commit,
    said: version.changeDescription,
    createdAt: version.createdAt,
    createdBy: version.createdBy,
    marks: (
      <>
        <TagList label={`Environments of v${version.number}`} tone="accent" tags={version.environments} />
        <TagList label={`Tags of v${version.number}`} tags={version.tags} />
      </>
    ),
  }));
  return <VersionRail versions={rail} {...props} />;
}
