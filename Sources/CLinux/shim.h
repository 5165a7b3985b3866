// What Linux has and Swift's Glibc module leaves out.

#ifndef LOOKOUT_CLINUX_H
#define LOOKOUT_CLINUX_H

#include <sys/timex.h>  // adjtimex: whether anybody keeps the clock right

#endif
