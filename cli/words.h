/* Words of `taut`; each takes what stands behind it and returns the exit code. */
#ifndef TAUT_CLI_WORDS_H
#define TAUT_CLI_WORDS_H

int tail_main(int argc, char **argv);
int analytics_main(int argc, char **argv);
int methods_main(int argc, char **argv);
int explain_main(int argc, char **argv);
int completion_main(int argc, char **argv);

#endif
