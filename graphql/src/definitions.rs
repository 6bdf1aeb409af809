//! Feedback definitions: under which names people score, and what they may choose.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject, Union};
use cairn_core::access::FeedbackDefinitionRead;
use cairn_core::definitions::{self, Command, Content, Definition};
use cairn_core::ids::DefinitionId;

use crate::error::{Problem, Result};
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, session};

#[derive(SimpleObject)]
pub(crate) struct FeedbackDefinition {
    id: ID,
    name: String,
    description: Option<String>,
    #[graphql(name = "type")]
    kind: FeedbackType,
    details: FeedbackDetails,
    created_at: Timestamp,
    created_by: String,
    last_updated_at: Timestamp,
    last_updated_by: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum FeedbackType {
    Numerical,
    Categorical,
    Boolean,
}

#[derive(Union)]
enum FeedbackDetails {
    Numerical(NumericalDetails),
    Categorical(CategoricalDetails),
    Boolean(BooleanDetails),
}

#[derive(SimpleObject)]
struct NumericalDetails {
    min: f64,
    max: f64,
}

#[derive(SimpleObject)]
struct CategoricalDetails {
    categories: Vec<Category>,
}

#[derive(SimpleObject)]
struct Category {
    label: String,
    value: f64,
}

#[derive(SimpleObject)]
struct BooleanDetails {
    true_label: String,
    false_label: String,
}

impl From<&Definition> for FeedbackDefinition {
    fn from(definition: &Definition) -> Self {
        let Content { name, description, details } = definition.content.clone();
        Self {
            id: definition.id.into(),
            name,
            description,
            kind: match details.kind() {
                definitions::Kind::Numerical => FeedbackType::Numerical,
                definitions::Kind::Categorical => FeedbackType::Categorical,
                definitions::Kind::Boolean => FeedbackType::Boolean,
            },
            details: match details {
                definitions::Details::Numerical { min, max } => {
                    FeedbackDetails::Numerical(NumericalDetails { min, max })
                }
                definitions::Details::Categorical { categories } => {
                    let categories = categories.into_iter();
                    let categories = categories.map(|(label, value)| Category { label, value }).collect();
                    FeedbackDetails::Categorical(CategoricalDetails { categories })
                }
                definitions::Details::Boolean { true_label, false_label } => {
                    FeedbackDetails::Boolean(BooleanDetails { true_label, false_label })
                }
            },
            created_at: Timestamp(definition.created_at),
            created_by: definition.created_by.clone(),
            last_updated_at: Timestamp(definition.last_updated_at),
            last_updated_by: definition.last_updated_by.clone(),
        }
    }
}

#[derive(Default)]
pub(crate) struct DefinitionQueries;

#[Object]
impl DefinitionQueries {
    /// All of the workspace, newest first.
    async fn feedback_definitions(&self, context: &Context<'_>) -> Result<Vec<FeedbackDefinition>> {
        let read = session(context)?.read::<FeedbackDefinitionRead, _>(|reader| Ok(reader.definitions()?));
        Ok(read.await?.all().rev().map(FeedbackDefinition::from).collect())
    }
}

/// A name and the details of exactly one type.
#[derive(InputObject)]
pub(crate) struct FeedbackDefinitionInput {
    name: String,
    description: Option<String>,
    numerical: Option<NumericalInput>,
    categorical: Option<Vec<CategoryInput>>,
    boolean: Option<BooleanInput>,
}

#[derive(InputObject)]
struct NumericalInput {
    min: f64,
    max: f64,
}

#[derive(InputObject)]
struct CategoryInput {
    label: String,
    value: f64,
}

#[derive(InputObject)]
struct BooleanInput {
    true_label: String,
    false_label: String,
}

impl FeedbackDefinitionInput {
    fn content(self) -> Result<Content> {
        let Self { name, description, numerical, categorical, boolean } = self;
        let details = match (numerical, categorical, boolean) {
            (Some(NumericalInput { min, max }), None, None) => definitions::Details::Numerical { min, max },
            (None, Some(categories), None) => definitions::Details::Categorical {
                categories: categories.into_iter().map(|category| (category.label, category.value)).collect(),
            },
            (None, None, Some(BooleanInput { true_label, false_label })) => {
                definitions::Details::Boolean { true_label, false_label }
            }
            _ => return Err(Problem::invalid("give one of `numerical`, `categorical` and `boolean`")),
        };
        Ok(Content { name, description, details })
    }
}

#[derive(Default)]
pub(crate) struct DefinitionMutations;

#[Object]
impl DefinitionMutations {
    async fn create_feedback_definition(
        &self,
        context: &Context<'_>,
        input: FeedbackDefinitionInput,
    ) -> Result<FeedbackDefinition> {
        let session = session(context)?;
        let outcome = session.execute(Command::Create { id: None, content: input.content()? }).await?;
        present(session, DefinitionId::known(outcome.created.unwrap_or_default())).await
    }

    /// What is left out is gone afterwards.
    async fn replace_feedback_definition(
        &self,
        context: &Context<'_>,
        id: ID,
        input: FeedbackDefinitionInput,
    ) -> Result<FeedbackDefinition> {
        let session = session(context)?;
        let id = DefinitionId::known(uuid(&id)?);
        session.execute(Command::Replace { id, content: input.content()? }).await?;
        present(session, id).await
    }

    /// True also for what was not there.
    async fn delete_feedback_definitions(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<bool> {
        let ids = ids.iter().map(|id| Ok(DefinitionId::known(uuid(id)?))).collect::<Result<_>>()?;
        session(context)?.execute(Command::Delete { ids }).await?;
        Ok(true)
    }
}

/// A definition that was just written; somebody else may have deleted it since.
async fn present(session: &Session, id: DefinitionId) -> Result<FeedbackDefinition> {
    let definitions = session.read::<FeedbackDefinitionRead, _>(|reader| Ok(reader.definitions()?)).await?;
    let definition = definitions.get(id).map(FeedbackDefinition::from);
    definition.ok_or_else(|| Problem::not_found("Feedback definition not found"))
}
