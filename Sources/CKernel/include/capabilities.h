#pragma once

#include <stdint.h>

/* The capabilities that the calling thread may have in force, one bit each (<linux/capability.h>). */
uint64_t permitted_capabilities(void);

/* Gives up all other capabilities in every thread of the process, and that a program which it runs
 * ever gains one (PR_SET_NO_NEW_PRIVS). 0, or -1 with errno; ETIMEDOUT where a thread did not answer. */
int keep_capabilities(uint64_t capabilities);
