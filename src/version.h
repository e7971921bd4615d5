#ifndef TAUT_VERSION_H
#define TAUT_VERSION_H

#define TAUT_VERSION "0.1.0"

#endif
