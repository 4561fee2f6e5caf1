/* SPDX-License-Identifier: EUPL-1.2 */
#include <criterion/criterion.h>
Test(order,x){cr_assert(1);}
