//! Work that waits for all other: what takes it up gets the processor when nobody else wants it.

use std::panic::resume_unwind;

/// How much this thread steps back, on a scale of 19. Against one that did not, it gets a tenth.
#[cfg(target_os = "linux")]
const STEPS: i32 = 10;

/// This thread, and all that it starts from now on, wait for the others. Only Linux knows that of single threads.
pub fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(STEPS) {
        tracing::warn!(%error, "work aside is done at the pace of all other");
    }
}

/// Does something whose threads shall wait for the others, while this one does not.
pub(crate) fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let work = || {
        step_back();
        work()
    };
    std::thread::scope(|scope| scope.spawn(work).join()).unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;

    fn priority() -> i32 {
        rustix::process::getpriority_process(None).unwrap()
    }

    #[test]
    fn who_steps_back_and_its_threads_wait_while_the_others_do_not() {
        let before = priority();
        let started = || std::thread::spawn(priority).join().unwrap();
        assert_eq!(aside(|| (priority(), started())), (before + STEPS, before + STEPS));
        assert_eq!(priority(), before);
    }
}
