//! Feedback definitions: the names under which people score, and which values they may choose from.
//! The scores themselves are the `feedback` row's, and may have names that nobody defined.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{FeedbackDefinitionWrite, Needs};
use crate::command::{Context, check_batch, check_text};
use crate::event::Recorded;
use crate::ids::DefinitionId;
use crate::limits::{
    DESCRIPTION_CHARS_MAX, FEEDBACK_CATEGORIES_MAX, FEEDBACK_CATEGORIES_MIN, FEEDBACK_DEFINITIONS_MAX,
    NAME_CHARS_MAX,
};
use crate::projects::name_key;
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// Every workspace has this definition from the start, and keeps it.
pub const BUILT_IN_ID: DefinitionId =
    DefinitionId::known(Uuid::from_u128(0x0190_babc_62a0_71d2_832a_0fef_fa46_76ec));
pub const BUILT_IN_NAME: &str = "User feedback";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Details {
    Numerical { min: f64, max: f64 },
    Categorical { categories: BTreeMap<String, f64> },
    Boolean { true_label: String, false_label: String },
}

impl Details {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Numerical { .. } => Kind::Numerical,
            Self::Categorical { .. } => Kind::Categorical,
            Self::Boolean { .. } => Kind::Boolean,
        }
    }

    fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Numerical { min, max } if min >= max => {
                Err(Rejection::invalid("details.min must be less than details.max"))
            }
            Self::Numerical { .. } => Ok(()),
            Self::Categorical { categories } => {
                let allowed = FEEDBACK_CATEGORIES_MIN..=FEEDBACK_CATEGORIES_MAX;
                if !allowed.contains(&categories.len()) {
                    return Err(Rejection::invalid(format!(
                        "details.categories size must be between {FEEDBACK_CATEGORIES_MIN} and \
                         {FEEDBACK_CATEGORIES_MAX}"
                    )));
                }
                categories.keys().try_for_each(|label| check_name("details.categories label", label))
            }
            Self::Boolean { true_label, false_label } => {
                check_name("details.trueLabel", true_label)?;
                check_name("details.falseLabel", false_label)
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Numerical,
    Categorical,
    Boolean,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Numerical => "numerical",
            Self::Categorical => "categorical",
            Self::Boolean => "boolean",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Numerical, Self::Categorical, Self::Boolean].into_iter().find(|kind| kind.name() == name)
    }
}

/// All of a definition that people choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    pub name: String,
    pub description: Option<String>,
    pub details: Details,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Create { id: Option<DefinitionId>, content: Content },
    Replace { id: DefinitionId, content: Content },
    Delete { ids: Vec<DefinitionId> },
}

impl Needs for Command {
    type Permission = FeedbackDefinitionWrite;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Created { id: DefinitionId, content: Content },
    Replaced { id: DefinitionId, content: Content },
    Deleted { id: DefinitionId },
}

impl Event {
    pub const fn id(&self) -> DefinitionId {
        match self {
            Self::Created { id, .. } | Self::Replaced { id, .. } | Self::Deleted { id } => *id,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    pub id: DefinitionId,
    pub content: Content,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// All definitions of a workspace.
#[derive(Clone, Debug)]
pub struct State {
    by_id: BTreeMap<DefinitionId, Definition>,
    by_name: BTreeMap<String, DefinitionId>,
}

impl Default for State {
    fn default() -> Self {
        let mut state = Self { by_id: BTreeMap::new(), by_name: BTreeMap::new() };
        state.load(built_in());
        state
    }
}

fn built_in() -> Definition {
    let made = Timestamp::from_millis(0x0190_babc_62a0);
    let categories = [("👍".to_owned(), 1.0), ("👎".to_owned(), 0.0)].into();
    let details = Details::Categorical { categories };
    Definition {
        id: BUILT_IN_ID,
        content: Content { name: BUILT_IN_NAME.to_owned(), description: None, details },
        created_at: made,
        created_by: "admin".to_owned(),
        last_updated_at: made,
        last_updated_by: "admin".to_owned(),
    }
}

impl State {
    pub fn get(&self, id: DefinitionId) -> Option<&Definition> {
        self.by_id.get(&id)
    }

    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Definition> {
        self.by_id.values()
    }

    pub fn decide(&self, command: Command, context: &mut Context) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Create { id, content } => {
                let tidy = checked(content)?;
                let id = id.unwrap_or_else(|| DefinitionId::known(context.fresh_id()));
                self.check_free(&tidy.name, None)?;
                if self.by_id.contains_key(&id) {
                    return Err(taken());
                }
                if self.by_id.len() >= FEEDBACK_DEFINITIONS_MAX {
                    return Err(Rejection::conflict(format!(
                        "Workspace already has the maximum of {FEEDBACK_DEFINITIONS_MAX} feedback definitions"
                    )));
                }
                Ok(vec![Event::Created { id, content: tidy }])
            }
            Command::Replace { id, content } => {
                let tidy = checked(content)?;
                if self.get(id).is_none() {
                    return Err(Rejection::not_found("Feedback definition not found"));
                }
                self.check_free(&tidy.name, Some(id))?;
                Ok(vec![Event::Replaced { id, content: tidy }])
            }
            Command::Delete { ids } if ids.contains(&BUILT_IN_ID) => {
                Err(Rejection::conflict(format!("the built-in \"{BUILT_IN_NAME}\" cannot be deleted")))
            }
            Command::Delete { ids } => {
                check_batch("ids", ids.len())?;
                let known = ids.into_iter().filter(|id| self.by_id.contains_key(id));
                Ok(known.map(|id| Event::Deleted { id }).collect())
            }
        }
    }

    pub fn evolve(&mut self, event: &Recorded<Event>) {
        match &event.event {
            Event::Created { id, content } => self.load(Definition {
                id: *id,
                content: content.clone(),
                created_at: event.time,
                created_by: event.principal.to_string(),
                last_updated_at: event.time,
                last_updated_by: event.principal.to_string(),
            }),
            Event::Replaced { id, content } => {
                let Some(definition) = self.by_id.get_mut(id) else { return };
                self.by_name.remove(&name_key(&definition.content.name));
                self.by_name.insert(name_key(&content.name), *id);
                definition.content = content.clone();
                definition.last_updated_at = event.time;
                definition.last_updated_by = event.principal.to_string();
            }
            Event::Deleted { id } => {
                if let Some(definition) = self.by_id.remove(id) {
                    self.by_name.remove(&name_key(&definition.content.name));
                }
            }
        }
    }

    /// Takes a definition as it was stored, in place of the one with its id.
    pub fn load(&mut self, definition: Definition) {
        if let Some(before) = self.by_id.get(&definition.id) {
            self.by_name.remove(&name_key(&before.content.name));
        }
        self.by_name.insert(name_key(&definition.content.name), definition.id);
        self.by_id.insert(definition.id, definition);
    }

    /// Puts a definition as it was made anew in place of what is there.
    pub fn replace(&mut self, id: DefinitionId, definition: Option<Definition>) {
        if let Some(before) = self.by_id.remove(&id) {
            self.by_name.remove(&name_key(&before.content.name));
        }
        if let Some(definition) = definition {
            self.load(definition);
        }
    }

    /// To whom a name belongs.
    pub fn owner_of(&self, name: &str) -> Option<DefinitionId> {
        self.by_name.get(&name_key(name)).copied()
    }

    fn check_free(&self, name: &str, mine: Option<DefinitionId>) -> Result<(), Rejection> {
        match self.by_name.get(&name_key(name)) {
            Some(id) if Some(*id) != mine => Err(taken()),
            _ => Ok(()),
        }
    }
}

fn taken() -> Rejection {
    Rejection::conflict("Feedback already exists")
}

fn checked(mut content: Content) -> Result<Content, Rejection> {
    check_name("name", &content.name)?;
    check_text("", "description", content.description.as_deref(), DESCRIPTION_CHARS_MAX)?;
    content.details.check()?;
    content.name = content.name.trim().to_owned();
    Ok(content)
}

fn check_name(field: &str, name: &str) -> Result<(), Rejection> {
    if name.trim().is_empty() {
        return Err(Rejection::invalid(format!("{field} must not be blank")));
    }
    check_text("", field, Some(name), NAME_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::tests::context;
    use expect_test::{Expect, expect};

    fn check(given: &[Event], when: Command, then: Expect) {
        let mut state = State::default();
        for event in given {
            state.evolve(&Recorded::for_test(event.clone()));
        }
        let said = match state.decide(when, &mut context()) {
            Ok(events) => format!("{events:?}"),
            Err(refusal) => refusal.to_string(),
        };
        then.assert_eq(&said);
    }

    const fn id(number: u128) -> DefinitionId {
        DefinitionId::known(Uuid::from_u128(number))
    }

    fn named(name: &str) -> Content {
        let details = Details::Numerical { min: 0.0, max: 1.0 };
        Content { name: name.to_owned(), description: None, details }
    }

    fn create(content: Content) -> Command {
        Command::Create { id: Some(id(1)), content }
    }

    fn with(details: Details) -> Command {
        create(Content { details, ..named("quality") })
    }

    #[test]
    fn a_name_that_differs_only_in_case_is_taken() {
        let given = [Event::Created { id: id(2), content: named("Quality") }];
        check(&given, create(named(" quality")), expect!["Feedback already exists"]);
        check(&[], create(named("user FEEDBACK")), expect!["Feedback already exists"]);
    }

    #[test]
    fn a_name_may_be_kept_by_its_own_definition() {
        let given = [Event::Created { id: id(2), content: named("Quality") }];
        check(
            &given,
            Command::Replace { id: id(2), content: named("quality ") },
            expect![[
                r#"[Replaced { id: DefinitionId(00000000-0000-0000-0000-000000000002), content: Content { name: "quality", description: None, details: Numerical { min: 0.0, max: 1.0 } } }]"#
            ]],
        );
    }

    #[test]
    fn the_built_in_definition_stays() {
        let delete = Command::Delete { ids: vec![id(1), BUILT_IN_ID] };
        check(&[], delete, expect![[r#"the built-in "User feedback" cannot be deleted"#]]);
    }

    #[test]
    fn details_that_make_no_choice_are_refused() {
        let single = [("good".to_owned(), 1.0)].into();
        check(
            &[],
            with(Details::Categorical { categories: single }),
            expect!["details.categories size must be between 2 and 1000"],
        );
        let same = Details::Numerical { min: 1.0, max: 1.0 };
        check(&[], with(same), expect!["details.min must be less than details.max"]);
        let blank = Details::Boolean { true_label: "yes".to_owned(), false_label: " ".to_owned() };
        check(&[], with(blank), expect!["details.falseLabel must not be blank"]);
    }

    #[test]
    fn replacing_what_is_not_there_is_refused() {
        let replace = Command::Replace { id: id(1), content: named("a") };
        check(&[], replace, expect!["Feedback definition not found"]);
    }

    #[test]
    fn a_renamed_definition_frees_its_old_name() {
        let given = [
            Event::Created { id: id(2), content: named("old") },
            Event::Replaced { id: id(2), content: named("new") },
        ];
        check(
            &given,
            create(named("old")),
            expect![[
                r#"[Created { id: DefinitionId(00000000-0000-0000-0000-000000000001), content: Content { name: "old", description: None, details: Numerical { min: 0.0, max: 1.0 } } }]"#
            ]],
        );
    }
}
