//! What is made to do harm: texts, rule files, ledgers, names and links. Each is answered by a correct result, or by an error
//! that says where and what to do; nothing is lost, and the other inputs are cleaned. `docs/reliability.md` lists them.

mod files;
#[cfg(target_os = "linux")]
mod giants;
mod ledgers;
mod rules;
mod stage;
mod texts;
#[cfg(target_os = "linux")]
mod work;
