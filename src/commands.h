/* The words behind `taut`: each is a function that takes what stands behind it and returns the exit code.
 *
 * 0: done; 1: it could not be done, a sentence on standard error says why; 2: it was asked for wrongly. */
#ifndef TAUT_COMMANDS_H
#define TAUT_COMMANDS_H

int serve_main(int argc, char **argv);
int check_main(int argc, char **argv);
int user_main(int argc, char **argv);
int token_main(int argc, char **argv);
int app_main(int argc, char **argv);
int field_main(int argc, char **argv);
int workspace_main(int argc, char **argv);
/* `taut analytics verify`; the other verbs are of the shell's client. */
int analytics_verify_main(int argc, char **argv);
int demo_main(int argc, char **argv);
int ca_main(int argc, char **argv);

#endif
