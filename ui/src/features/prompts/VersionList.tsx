import { TagList } from "@/components/TagList";
import { VersionRail, type VersionRailProps } from "@/components/VersionRail";
import type { Version } from "@/features/prompts/usePrompt";

type VersionListProps = Omit<VersionRailProps, "versions"> & { versions: readonly Version[] };

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
