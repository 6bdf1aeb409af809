import type { ComparisonLinks } from "@/features/experiments/Comparison";
import type { Compared } from "@/features/experiments/useComparison";

type PromptVersionsProps = { versions: Compared["promptVersions"]; link: ComparisonLinks["prompt"] };

/** The versions of prompts that an experiment used. */
export function PromptVersions({ versions, link }: PromptVersionsProps) {
  if (versions.length === 0) return "–";
  return versions.map((version) => (
    <p key={version.id}>
      {link(version, [version.prompt?.name ?? "a deleted prompt", versionName(version)].join(" "))}
    </p>
  ));
}

const versionName = ({ number, commit }: Compared["promptVersions"][number]) =>
  number == null ? commit : `v${number}`;
