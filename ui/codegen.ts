import type { CodegenConfig } from "@graphql-codegen/cli";

// Types come from the schema that the server commits; the output is ignored by git and made anew by every build.
const config: CodegenConfig = {
  schema: "../schema.graphql",
  documents: ["src/**/*.{ts,tsx}", "!src/gql/**"],
  ignoreNoDocuments: true,
  generates: {
    "src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: { unmaskFunctionName: "readFragment" } },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { ID: "string", JsonText: "string", Position: "string", Timestamp: "string" },
      },
    },
  },
};

export default config;
